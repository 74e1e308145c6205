"""Brings events to subscribers in other processes, by their EventSinkService."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chassis.events.relay import Deliver
from innkeeper.events.v1.events_pb2 import DeliverEventRequest, Event

if TYPE_CHECKING:
    from innkeeper.events.v1.events_pb2_grpc import EventSinkServiceStub


def delivery_by(sink: EventSinkServiceStub) -> Deliver:
    """What brings a batch to that sink, one event after the other."""

    async def deliver(events: Sequence[Event]) -> None:
        for event in events:
            await sink.DeliverEvent(DeliverEventRequest(event=event, request_id=event.id))

    return deliver
