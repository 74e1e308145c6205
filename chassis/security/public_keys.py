"""The public keys that verify access tokens, as the auth service publishes them (RFC 7517)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context

from joserfc.jwk import ECKey

from innkeeper.auth.v1.auth_pb2 import Jwk, Jwks

REFRESH_EVERY = 300.0
"""Seconds after which the keys are asked for again, so that a key that was withdrawn is not trusted for longer."""

SHORTEST_REFRESH = 1.0
"""Seconds between two requests for the keys, however many tokens name a key that is not known."""

LARGEST_WAIT = 100
"""Tokens with an unknown key that wait for a request at a time: whoever makes such tokens up must not fill the
server."""

FetchJwks = Callable[[], Awaitable[Jwks]]


class PublicKeys:
    """Keeps the keys by their names, and fetches them when one is missing or they have become old. Its own need no
    fetching."""

    def __init__(self, fetch: FetchJwks, own: Sequence[Jwk] = ()) -> None:
        self._fetch = fetch
        self._own = {key.kid: _imported(key) for key in own}
        self._keys: dict[str, ECKey] = {}
        self._fetched = float("-inf")
        self._fetching: asyncio.Task[None] | None = None
        self._waiting = 0

    async def get(self, kid: str) -> ECKey | None:
        """The key of that name; None where the auth service does not publish it.

        All who miss a key at a time wait for one request; where many wait already, a further one is
        told that its key is not known. Where the auth service cannot be asked, keys that are known stay good, and
        for an unknown one the request's own error is raised.
        """
        if kid in self._own:
            return self._own[kid]
        if kid not in self._keys and self._waiting < LARGEST_WAIT:
            self._waiting += 1
            try:
                await asyncio.shield(self._refreshing())
            finally:
                self._waiting -= 1
        elif kid in self._keys and time.monotonic() - self._fetched > REFRESH_EVERY:
            self._refreshing().add_done_callback(_noted)
        return self._keys.get(kid)

    def _refreshing(self) -> asyncio.Task[None]:
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.get_running_loop().create_task(self._refresh(), context=Context())  # nobody's call
        return self._fetching

    async def _refresh(self) -> None:
        await asyncio.sleep(max(0.0, self._fetched + SHORTEST_REFRESH - time.monotonic()))
        self._fetched = time.monotonic()
        self._keys = {key.kid: _imported(key) for key in (await self._fetch()).keys}


def _noted(refresh: asyncio.Task[None]) -> None:
    """A refresh in the background may fail: the next token tries again."""
    if not refresh.cancelled():
        refresh.exception()


def _imported(key: Jwk) -> ECKey:
    return ECKey.import_key({"kty": key.kty, "crv": key.crv, "kid": key.kid, "use": key.use, "x": key.x, "y": key.y})
