"""The users service, put together."""

from __future__ import annotations

from sqlalchemy import MetaData

from chassis.service import Assembly, Kit, Service
from innkeeper.users.v1 import users_pb2


def assemble(kit: Kit) -> Assembly:
    """The service on its database."""
    from services.users.servicer import UsersServicer

    return Assembly(servicer=UsersServicer(kit.database, kit.clock))


def tables() -> MetaData:
    """The tables of its database."""
    from services.users.store import METADATA

    return METADATA


SERVICE = Service(
    name="users",
    contract=users_pb2.DESCRIPTOR.services_by_name["UsersService"],
    tables=tables,
    migrations="services.users.migrations",
    assemble=assemble,
)
