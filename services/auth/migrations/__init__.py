"""How the database of the auth service came to be what it is."""
