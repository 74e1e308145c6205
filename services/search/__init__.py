"""Finding a place to stay: a gazetteer of cities, and a copy of the catalogue that follows hotels and bookings."""
