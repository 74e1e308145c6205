"""The users service, put together."""

from __future__ import annotations

from chassis.service import Assembly, Kit, Service
from innkeeper.users.v1 import users_pb2
from services.users import store
from services.users.servicer import UsersServicer


def assemble(kit: Kit) -> Assembly:
    """The service on its database."""
    return Assembly(servicer=UsersServicer(kit.database, kit.clock))


SERVICE = Service(
    name="users",
    contract=users_pb2.DESCRIPTOR.services_by_name["UsersService"],
    tables=store.METADATA,
    migrations="services.users.migrations",
    assemble=assemble,
)
