"""Whether this process answers, and whether the platform does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from chassis.http.exchange import answer_of
from chassis.service import Kit

REMEMBERED = 1.0
"""Seconds for which an answer stands: so often and no more the services are asked, however many want to know."""

FRESH = {"Cache-Control": "no-store"}
"""Nobody on the way may keep an answer: it is good for a moment."""


class Health:
    """`/healthz` and `/readyz`, for load balancers and whoever starts the platform."""

    def __init__(self, kit: Kit) -> None:
        self._readiness = Readiness([service.name for service in kit.catalogue], kit.unready)

    def routes(self) -> list[BaseRoute]:
        """Where they are."""
        return [Route("/healthz", self.healthz), Route("/readyz", self.readyz)]

    async def healthz(self, request: Request) -> Response:
        """`{"healthy": true}`: this process answers."""
        answer_of(request.scope).is_routine = True
        return JSONResponse({"healthy": True}, headers=FRESH)

    async def readyz(self, request: Request) -> Response:
        """200 where all services take calls, else 503: `{"ready": false, "services": {"users": "NOT_SERVING"}}`, with
        `ready` for those that do."""
        answer_of(request.scope).is_routine = True
        unready = await self._readiness.now()
        ready = not any(unready.values())
        services = {service: why or "ready" for service, why in unready.items()}
        return JSONResponse({"ready": ready, "services": services}, 200 if ready else 503, FRESH)


class Readiness:
    """What services say of themselves, asked all at once.

    Args:
        services: Their names.
        ask: Returns why one takes no calls, and nothing where it does.
    """

    def __init__(self, services: Sequence[str], ask: Callable[[str], Awaitable[str]]) -> None:
        self._services = services
        self._ask = ask
        self._asked: asyncio.Task[dict[str, str]] | None = None
        self._good_until = 0.0

    async def now(self) -> dict[str, str]:
        """For each service why it takes no calls; empty of one that does. Not older than a moment."""
        if self._asked is None or (self._asked.done() and time.monotonic() >= self._good_until):
            self._asked = asyncio.create_task(self._ask_all())
        return await asyncio.shield(self._asked)

    async def _ask_all(self) -> dict[str, str]:
        answers = await asyncio.gather(*map(self._ask, self._services))
        self._good_until = time.monotonic() + REMEMBERED
        return dict(zip(self._services, answers, strict=True))
