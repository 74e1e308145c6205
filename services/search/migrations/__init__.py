"""How the database of the search service came to be what it is."""
