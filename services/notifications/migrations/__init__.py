"""How the database of the users service came to be what it is."""
