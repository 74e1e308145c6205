"""How the database of the booking service came to be what it is."""
