"""An event as a message of AMQP, and back."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from google.protobuf.message import DecodeError
from pamqp.commands import Basic

from chassis.refusal import InvalidFields
from chassis.validation import check
from innkeeper.events.v1.events_pb2 import Event

if TYPE_CHECKING:
    from aiormq.abc import DeliveredMessage

CONTENT_TYPE: Final = "application/x-protobuf"
PERSISTENT: Final = 2


def properties_of(event: Event) -> Basic.Properties:
    """What the message says of itself, for those who look at it at the broker. The body is the event."""
    return Basic.Properties(
        content_type=CONTENT_TYPE,
        delivery_mode=PERSISTENT,
        message_id=event.id,
        message_type=event.payload.TypeName(),
        app_id=event.source,
        timestamp=event.occur_time.ToDatetime(UTC),
        headers={"traceparent": event.traceparent} if event.traceparent else None,
    )


def event_in(message: DeliveredMessage) -> Event | None:
    """The event that a message brings; None of one that is no event."""
    try:
        event = Event.FromString(message.body)
        check(event)
    except (DecodeError, InvalidFields):
        return None
    return event


def deliveries_of(message: DeliveredMessage) -> int:
    """How often it was delivered before, without an answer."""
    count = (message.header.properties.headers or {}).get("x-delivery-count", 0)
    return count if isinstance(count, int) else 0
