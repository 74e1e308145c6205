"""A service of no use, which does what a test wants it to do."""
