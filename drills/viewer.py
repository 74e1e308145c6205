"""Somebody who watches the own bookings by WebSocket, through the edge, and comes back after a cut."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import datetime

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

OPEN_WITHIN = 30.0
CURRENT = "TYPE_CURRENT"


class Viewer:
    """One WebSocket at a time, and what came by all of them.

    Args:
        edge: Where the edge listens.
        user: Whose bookings are watched, `users/{user}`.
        bearer: `Bearer` and the user's token.
    """

    def __init__(self, edge: str, user: str, bearer: str) -> None:
        self._url = f"ws://{edge}/v1/{user}/events"
        self._bearer = bearer
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self.user = user
        self.ids: list[int] = []
        """Of all events, in the order in which they came."""

        self.delays: list[float] = []
        """Seconds from when something happened until it was here; not of what came before a WebSocket was current."""

        self.pongs: list[float] = []
        """Seconds from a ping to its answer."""

        self.unanswered = 0
        """Pings whose answer has not come, but for those that were lost with a connection."""

        self.cuts = 0
        self.ended: list[str] = []
        """How WebSockets ended that were not cut here."""

    async def open(self) -> None:
        """Watches on, after the last event that came; returns when it is current."""
        after = f"?afterEvent={self.ids[-1]}" if self.ids else ""
        self._socket = await connect(
            f"{self._url}{after}",
            additional_headers={"Authorization": self._bearer},
            compression=None,
            proxy=None,
            open_timeout=OPEN_WITHIN,
            ping_interval=None,
        )
        current = asyncio.Event()
        self._reading = asyncio.create_task(self._read(self._socket, current))
        async with asyncio.timeout(OPEN_WITHIN):
            await current.wait()

    async def ping(self) -> None:
        """Sends a message that is to be answered."""
        assert self._socket is not None
        self.unanswered += 1
        await self._socket.send(json.dumps({"ping": time.time()}))

    async def cut(self) -> None:
        """Loses the connection, without a word to the other side; some of what is on its way is lost with it."""
        assert self._socket is not None
        assert self._reading is not None
        self.cuts += 1
        self.unanswered = 0
        self._reading.cancel()
        self._socket.transport.abort()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def close(self) -> None:
        """Ends the WebSocket."""
        assert self._socket is not None
        assert self._reading is not None
        self._reading.cancel()
        await self._socket.close()

    async def _read(self, socket: ClientConnection, current: asyncio.Event) -> None:
        try:
            async for text in socket:
                message, now = json.loads(text), time.time()
                if "pong" in message:
                    self.unanswered -= 1
                    self.pongs.append(now - message["pong"])
                elif message["type"] == CURRENT:
                    current.set()
                else:
                    self.ids.append(int(message["id"]))
                    if current.is_set():
                        self.delays.append(now - datetime.fromisoformat(message["occurTime"]).timestamp())
            self.ended.append(f"{socket.close_code} {socket.close_reason}")
        except ConnectionClosed as closed:
            self.ended.append(str(closed))
