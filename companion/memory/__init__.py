"""What is kept, encrypted, and only for its owner."""
