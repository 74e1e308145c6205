"""How the database of the links service came to be what it is."""
