"""With whose token somebody opens a WebSocket, and from which page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from starlette.websockets import WebSocket

from chassis.errors import platform_error
from chassis.settings import Settings

PROTOCOL: Final = "innkeeper.v1"
"""The subprotocol that is spoken. A browser, which can not send headers of its own, lists it, and its token besides."""

BEARER: Final = "bearer."


def token_of(socket: WebSocket) -> str:
    """The access token, from `Authorization: Bearer …`, or from `bearer.…` among the subprotocols.

    Raises CallFailed where there is none. Never from the address, which is written down on the way: in logs, in the
    history of browsers.
    """
    scheme, _, token = socket.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token
    for offered in offered_by(socket):
        if offered.startswith(BEARER):
            return offered.removeprefix(BEARER)
    raise platform_error(
        "TOKEN_MISSING", f"send an access token: `Authorization: Bearer …`, or the subprotocols {PROTOCOL}, bearer.…"
    )


def offered_by(socket: WebSocket) -> Sequence[str]:
    """The subprotocols that the client lists."""
    listed: Sequence[str] = socket.scope.get("subprotocols", ())
    return listed


class Origins:
    """The pages from which browsers may come: the platform's own, and those of `INNKEEPER_EDGE_ORIGINS`.

    No token comes by itself with what another page opens, as a cookie would; that such a page is refused is a second
    bolt. Programs say no origin.
    """

    def __init__(self, settings: Settings) -> None:
        listed = settings.edge_origins.split(",") if settings.edge_origins else []
        self._allowed = frozenset(map(str.lower, (*listed, settings.public_url)))

    def require_allowed(self, socket: WebSocket) -> None:
        """Raises CallFailed for a page of somebody else."""
        origin = socket.headers.get("origin", "").lower()
        if not origin or origin in self._allowed or "*" in self._allowed:
            return
        if urlsplit(origin).netloc == socket.headers.get("host", "").lower():
            return
        raise platform_error("NOT_ALLOWED", f"pages of {origin[:200]} may not open this: see INNKEEPER_EDGE_ORIGINS")
