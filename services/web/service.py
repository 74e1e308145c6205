"""The web service, put together. It keeps nothing: what has to be kept belongs to the services that it calls."""

from __future__ import annotations

from typing import Final

from chassis.service import Assembly, Kit, Service

SCOPES: Final = frozenset(
    {
        "authorizations.write",
        "bookings.watch",
        "documents.render",
        "links.resolve",
        "notices.acknowledge",
        "notifications.watch",
        "payments.lookup",
        "tokens.introspect",
    }
)
"""No more: all the world talks to it."""


def assemble(kit: Kit) -> Assembly:
    """The service, which serves an ASGI app."""
    from services.web.app import app

    return Assembly(app=app(kit))


SERVICE = Service(
    name="web",
    assemble=assemble,
    calls=("auth", "hotels", "payments", "documents", "links", "booking", "notifications"),
    scopes=SCOPES,
    exports_personal_data=True,
)
