"""What a person types. Here, and in `screen.py`, alone something is printed."""
