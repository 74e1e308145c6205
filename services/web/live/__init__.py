"""Live changes by WebSocket: what happens to bookings, told as it happens."""
