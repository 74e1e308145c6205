"""A client of the live feeds, as a browser or a script is one: a real WebSocket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

WITHIN = 10.0
Message = dict[str, Any]


class Client:
    """An open WebSocket, and the messages that came by it."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.messages: list[Message] = []

    async def next(self) -> Message:
        """The next message."""
        async with asyncio.timeout(WITHIN):
            self.messages.append(json.loads(await self.socket.recv()))
        return self.messages[-1]

    async def until(self, kind: str) -> list[Message]:
        """All messages so far, as soon as there is an event of that type among those that were not looked at."""
        while (await self.next()).get("type") != f"TYPE_{kind}":
            pass
        return self.messages

    async def say(self, message: object) -> None:
        """Sends a message."""
        await self.socket.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def closed(self) -> tuple[int | None, str]:
        """How the server ends it: code and reason."""
        async with asyncio.timeout(WITHIN):
            with suppress(ConnectionClosed):
                while True:
                    self.messages.append(json.loads(await self.socket.recv()))
            return self.socket.close_code, self.socket.close_reason or ""


@asynccontextmanager
async def opened(
    address: str,
    path: str,
    token: str = "",
    *,
    subprotocols: Sequence[str] = (),
    headers: dict[str, str] | None = None,
    origin: str | None = None,
) -> AsyncIterator[Client]:
    """Opens a WebSocket at that path (`/v1/…`), with the token in the header where one is given."""
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    async with connect(
        f"ws://{address}{path}",
        additional_headers={**bearer, **(headers or {})},
        subprotocols=cast("list[Subprotocol]", list(subprotocols)) or None,
        origin=cast(Any, origin),
        proxy=None,
        close_timeout=1.0,
    ) as socket:
        yield Client(socket)


async def refusal(address: str, path: str, token: str = "", **options: Any) -> tuple[int, str]:
    """How an attempt to open one is refused: the HTTP status, and the reason in the body."""
    try:
        async with opened(address, path, token, **options):
            raise AssertionError("the WebSocket was opened")
    except InvalidStatus as error:
        body = json.loads(error.response.body or b"{}")
        return error.response.status_code, str(body["details"][0]["reason"])


def kinds(messages: Sequence[Message]) -> list[str]:
    """The types of the events among the messages, in few words."""
    return [str(message["type"]).removeprefix("TYPE_") for message in messages if "type" in message]


def ids(messages: Sequence[Message]) -> list[int]:
    """The ids of what happened."""
    return [int(message["id"]) for message in messages if message.get("type", "TYPE_CURRENT") != "TYPE_CURRENT"]
