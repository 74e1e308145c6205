"""Takes money and gives it back, and keeps the books of it."""
