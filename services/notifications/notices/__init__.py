"""What hotels are told of bookings, and what they say to it."""
