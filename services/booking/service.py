"""The booking service, put together."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import MetaData

from chassis.service import Assembly, Kit, Service, Subscription, Timer
from chassis.storage.session import Session
from innkeeper.booking.v1 import booking_pb2
from innkeeper.events.v1.events_pb2 import Event
from innkeeper.hotels.v1 import hotels_pb2_grpc
from innkeeper.hotels.v1.hotel_events_pb2 import HotelChanged
from innkeeper.payments.v1 import payments_pb2_grpc

if TYPE_CHECKING:
    from services.booking.saga import Checkpoint


def assemble(kit: Kit, checkpoint: Checkpoint | None = None) -> Assembly:
    """The service on its database. `checkpoint` sees the saga between its steps."""
    from chassis.feeds.forgetting import forgetting
    from chassis.feeds.watching import Watching
    from services.booking import event_log, room_nights
    from services.booking.charges import Charges
    from services.booking.offers import Offers
    from services.booking.person import PERSONAL_DATA
    from services.booking.quote import Quotes
    from services.booking.saga import Saga, unwatched
    from services.booking.servicer import BookingServicer

    charges = Charges(kit.stub(payments_pb2_grpc.PaymentsServiceStub))
    saga = Saga(kit.database, charges, kit.clock, checkpoint or unwatched)
    offers = Offers(kit.stub(hotels_pb2_grpc.HotelsServiceStub))
    quotes = Quotes(kit.secret("booking-quotes"), timedelta(minutes=kit.settings.quote_minutes))

    watching = Watching(kit.database, event_log.LOG)
    kept = timedelta(days=kit.settings.booking_event_days)

    def on_hotel_changed(session: Session, _: Event, changed: HotelChanged) -> None:
        # How many rooms of each type the hotel has now.
        units = {room_type.name: room_type.units for room_type in changed.listing.room_types}
        room_nights.set_units(session, changed.listing.hotel.name, units)

    return Assembly(
        servicer=BookingServicer(kit.database, kit.clock, offers, quotes, saga, watching),
        subscriptions=(Subscription(HotelChanged, on_hotel_changed),),
        timers=(
            Timer("resume-sagas", every=1.0, run=saga.resume_due),
            forgetting("forget-events", event_log.LOG, kit.database, keep=kept, clock=kit.clock),
        ),
        drain=watching.close,
        personal_data=PERSONAL_DATA,
    )


def tables() -> MetaData:
    """The tables of its database."""
    from services.booking.tables import METADATA

    return METADATA


SERVICE = Service(
    name="booking",
    contract=booking_pb2.DESCRIPTOR.services_by_name["BookingService"],
    calls=("hotels", "payments"),
    scopes=frozenset({"hotels.read", "payments.write"}),
    subscribes=("hotels",),
    tables=tables,
    migrations="services.booking.migrations",
    assemble=assemble,
    holds_personal_data=True,
)
