"""People who walk through forms by voice (scripts/walk_speech.py)."""
