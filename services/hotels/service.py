"""The hotels service, put together."""

from __future__ import annotations

from chassis.service import Assembly, Kit, Service
from innkeeper.hotels.v1 import hotels_pb2
from services.hotels import tables
from services.hotels.servicer import HotelsServicer


def assemble(kit: Kit) -> Assembly:
    """The service on its database."""
    return Assembly(servicer=HotelsServicer(kit.database, kit.clock))


SERVICE = Service(
    name="hotels",
    contract=hotels_pb2.DESCRIPTOR.services_by_name["HotelsService"],
    tables=tables.METADATA,
    migrations="services.hotels.migrations",
    assemble=assemble,
)
