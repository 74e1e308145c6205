"""The hotels service, put together."""

from __future__ import annotations

from sqlalchemy import MetaData

from chassis.service import Assembly, Kit, Service
from innkeeper.hotels.v1 import hotels_pb2


def assemble(kit: Kit) -> Assembly:
    """The service on its database."""
    from services.hotels.servicer import HotelsServicer

    return Assembly(servicer=HotelsServicer(kit.database, kit.clock))


def tables() -> MetaData:
    """The tables of its database."""
    from services.hotels.tables import METADATA

    return METADATA


SERVICE = Service(
    name="hotels",
    contract=hotels_pb2.DESCRIPTOR.services_by_name["HotelsService"],
    tables=tables,
    migrations="services.hotels.migrations",
    assemble=assemble,
)
