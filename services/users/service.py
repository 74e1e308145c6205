"""The users service, put together."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import MetaData

from chassis.service import Assembly, Kit, Service, Subscription, Timer
from innkeeper.privacy.v1.privacy_events_pb2 import PersonalDataErased
from innkeeper.users.v1 import users_pb2

TELL_LAST_EVERY = 10.0


def assemble(kit: Kit) -> Assembly:
    """The service on its database."""
    from services.users.farewell import Farewell
    from services.users.servicer import UsersServicer

    holders = [service.name for service in kit.catalogue if service.holds_personal_data]
    token_life = timedelta(seconds=kit.settings.access_token_seconds)
    farewell = Farewell(kit.database, kit.clock, holders, token_life)
    return Assembly(
        servicer=UsersServicer(kit.database, kit.clock, farewell),
        subscriptions=(Subscription(PersonalDataErased, farewell.on_erased),),
        timers=(Timer("tell-last", every=TELL_LAST_EVERY, run=farewell.tell_last),),
        personal_data=farewell.personal_data(),
    )


def tables() -> MetaData:
    """The tables of its database."""
    from services.users.tables import METADATA

    return METADATA


SERVICE = Service(
    name="users",
    contract=users_pb2.DESCRIPTOR.services_by_name["UsersService"],
    tables=tables,
    migrations="services.users.migrations",
    assemble=assemble,
    holds_personal_data=True,
)
