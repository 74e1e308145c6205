"""How the database of the notifications service came to be what it is."""
