"""What is served at which path."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from chassis.service import Kit
from services.web import docs
from services.web.documents import Documents
from services.web.elsewhere import Elsewhere
from services.web.export import Export
from services.web.health import Health
from services.web.live.endpoint import Live
from services.web.notices import Notices
from services.web.oauth import routes as oauth
from services.web.short_links import ShortLinks
from services.web.unsubscribe import Unsubscribe


def routes(kit: Kit) -> list[BaseRoute]:
    """Every path; each concept brings its own."""
    return [
        *Health(kit).routes(),
        *Live(kit).routes(),
        *Export(kit).routes(),
        *Documents(kit).routes(),
        *ShortLinks(kit).routes(),
        *Notices(kit).routes(),
        *Unsubscribe(kit).routes(),
        *docs.routes(),
        Route("/", _to_docs),
        Route("/docs/", _to_docs),
        *oauth.routes(kit),
    ]


def app(kit: Kit) -> ASGIApp:
    """The app. What it raises, the chassis answers in one form: statuses, refusals, HTTPException."""
    made = _App(routes=routes(kit))
    made.router.redirect_slashes = False
    made.router.default = Elsewhere(docs.DOCUMENT.read_bytes())
    return made


async def _to_docs(_: Request) -> RedirectResponse:
    """For whoever comes without a path, or writes one as people do. Not for ever: there may be a page one day."""
    return RedirectResponse("/docs")


class _App(Starlette):
    """Starlette without middleware of its own, which would answer errors in plain text."""

    def build_middleware_stack(self) -> ASGIApp:
        return self.router
