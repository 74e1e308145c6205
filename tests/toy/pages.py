"""A toy that serves pages: a service with an app, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from chassis.service import Assembly, Kit, Service


class Pages(Starlette):
    """Leaves errors to the chassis."""

    def build_middleware_stack(self) -> ASGIApp:
        return self.router


def pages(routes: Callable[[Kit], Sequence[BaseRoute]], *, calls: Sequence[str] = ()) -> Service:
    """A service with those routes."""
    return Service(name="pages", assemble=lambda kit: Assembly(app=Pages(routes=[*routes(kit)])), calls=tuple(calls))


def page(path: str, answer: Callable[[Request], object], *methods: str) -> Route:
    """A route that answers what is awaited of `answer`, or a text that comes at once."""

    async def respond(request: Request) -> Response:
        said = answer(request)
        if hasattr(said, "__await__"):
            said = await said
        return said if isinstance(said, Response) else Response(str(said), media_type="text/plain")

    return Route(path, respond, methods=[*methods] or None)
