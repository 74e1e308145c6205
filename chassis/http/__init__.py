"""What serves a service's ASGI app by HTTP and WebSocket, beside gRPC."""
