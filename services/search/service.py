"""The search service, put together."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import MetaData

from chassis.service import Assembly, Kit, Service, Subscription, Timer
from chassis.storage.database import Database
from innkeeper.booking.v1.booking_events_pb2 import AvailabilityChanged
from innkeeper.hotels.v1 import hotels_pb2_grpc
from innkeeper.hotels.v1.hotel_events_pb2 import HotelChanged
from innkeeper.search.v1 import search_pb2

if TYPE_CHECKING:
    from services.search.names import NameFolding

EVERY_HOUR = 3600.0


async def load_gazetteer(database: Database, folded: NameFolding) -> None:
    """Load the gazetteer where the database has none, or another edition."""
    from services.search import geonames, names, places

    edition = f"{geonames.edition()}, {names.EDITION}"
    await database.write(lambda session: places.load(session, geonames.cities(), folded, edition))


def assemble(kit: Kit) -> Assembly:
    """The service on its database, which has the gazetteer before the first call."""
    from services.search import catalogue
    from services.search.events import on_availability_changed, on_hotel_changed
    from services.search.names import NameFolding
    from services.search.servicer import SearchServicer

    database, folded = kit.database, NameFolding()

    async def forget_past_nights() -> None:
        before = kit.clock().date() - timedelta(days=2)
        await database.write(lambda session: catalogue.forget_nights(session, before))

    return Assembly(
        servicer=SearchServicer(database, kit.clock, kit.stub(hotels_pb2_grpc.HotelsServiceStub), folded),
        subscriptions=(
            Subscription(HotelChanged, on_hotel_changed),
            Subscription(AvailabilityChanged, on_availability_changed),
        ),
        timers=(Timer("forget-past-nights", every=EVERY_HOUR, run=forget_past_nights),),
        start=lambda: load_gazetteer(database, folded),
    )


def tables() -> MetaData:
    """The tables of its database."""
    from services.search.tables import METADATA

    return METADATA


SERVICE = Service(
    name="search",
    contract=search_pb2.DESCRIPTOR.services_by_name["SearchService"],
    calls=("hotels",),
    scopes=frozenset({"hotels.read"}),
    subscribes=("hotels", "booking"),
    tables=tables,
    migrations="services.search.migrations",
    assemble=assemble,
)
