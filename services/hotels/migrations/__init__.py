"""How the database of the hotels service came to be what it is."""
