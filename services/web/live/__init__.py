"""Live changes by WebSocket: what happens to bookings and what users are told, as it happens."""
