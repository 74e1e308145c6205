"""What is held of people, and how far that is erased."""
