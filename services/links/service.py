"""The links service, put together."""

from __future__ import annotations

from functools import partial

from sqlalchemy import MetaData

from chassis.service import Assembly, Kit, Service, Timer
from innkeeper.links.v1 import links_pb2

PRUNE_EVERY = 3600.0
PRUNED_AT_ONCE = 500
"""How many links are deleted in one unit of work."""


def assemble(kit: Kit) -> Assembly:
    """The service on its database."""
    from services.links import store
    from services.links.messages import Messages
    from services.links.servicer import LinksServicer
    from services.links.target import Targets

    targets = Targets(kit.settings.public_url, filter(None, kit.settings.link_targets.split(",")))

    async def prune() -> None:
        now = kit.clock()
        while due := await kit.database.read(partial(store.expired, now=now, limit=PRUNED_AT_ONCE)):
            await kit.database.write(partial(store.remove, codes=due))

    return Assembly(
        servicer=LinksServicer(kit.database, kit.clock, targets, Messages(kit.settings.public_url)),
        timers=(Timer("prune-links", every=PRUNE_EVERY, run=prune),),
    )


def tables() -> MetaData:
    """The tables of its database."""
    from services.links.tables import METADATA

    return METADATA


SERVICE = Service(
    name="links",
    contract=links_pb2.DESCRIPTOR.services_by_name["LinksService"],
    tables=tables,
    migrations="services.links.migrations",
    assemble=assemble,
)
