"""The fonts that documents are printed in, all of them embedded: which of them has a character, and how wide it is."""
