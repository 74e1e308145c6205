"""WebSocket (RFC 6455) as uvicorn speaks it, with what it overlooks in a handshake that fails."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Ends a handshake that cannot be read, for which nobody would be waiting but the client; and takes one that an app
    refuses by an HTTP response for answered, where uvicorn logs an error."""

    def data_received(self, data: bytes) -> None:
        """Takes in what the client sent."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self.transport.close()

    async def send(self, message: Any) -> None:
        """Sends what the app says."""
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True
