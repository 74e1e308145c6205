"""The pages and feeds that only HTTP and WebSocket have: health, OAuth 2, the documentation, live changes."""
