"""How each document looks: one file a document, and what they have in common."""
