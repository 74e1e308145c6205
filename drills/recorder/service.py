"""The recorder, put together: it takes in all that the services of a booking announce."""

from __future__ import annotations

from google.protobuf.message import Message
from sqlalchemy import MetaData, insert

from chassis.dates import from_timestamp
from chassis.service import Assembly, Kit, Service, Subscription
from chassis.storage.session import Session
from drills.recorder.tables import EFFECTS
from innkeeper.booking.v1 import booking_events_pb2
from innkeeper.events.v1.events_pb2 import Event
from innkeeper.hotels.v1 import hotel_events_pb2
from innkeeper.payments.v1 import payment_events_pb2
from innkeeper.users.v1 import user_events_pb2

SOURCES = {
    "users": user_events_pb2,
    "hotels": hotel_events_pb2,
    "payments": payment_events_pb2,
    "booking": booking_events_pb2,
}
"""Whose events it takes in, and where they are declared."""


def event_types(source: str) -> list[type[Message]]:
    """All messages that a service announces."""
    module = SOURCES[source]
    return [getattr(module, name) for name in module.DESCRIPTOR.message_types_by_name]


def assemble(kit: Kit) -> Assembly:
    """The recorder on its database."""

    def record(session: Session, event: Event, payload: Message) -> None:
        row = {
            "event": event.id,
            "source": event.source,
            "aggregate": event.aggregate,
            "sequence": event.sequence,
            "occur_time": from_timestamp(event.occur_time),
            "effect_time": kit.clock(),
        }
        session.execute(insert(EFFECTS), row)

    return Assembly(
        subscriptions=[Subscription(payload, record) for source in SOURCES for payload in event_types(source)]
    )


def tables() -> MetaData:
    """The tables of its database."""
    return EFFECTS.metadata


RECORDER = Service(
    name="recorder",
    tables=tables,
    migrations="drills.recorder.migrations",
    assemble=assemble,
    subscribes=tuple(SOURCES),
)
