"""Brings events straight to their subscribers: to the inbox of one in the same process, to the EventSinkService of one
elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

import grpc

from chassis.errors import reason_of
from chassis.events.inbox import Inbox
from chassis.events.transport import Deliver, Source
from chassis.events.unfit import Unfit
from chassis.network import Network
from chassis.service import Service
from innkeeper.events.v1.event_log_pb2 import DEAD_LETTER_REASON_INVALID, DEAD_LETTER_REASON_TOO_LARGE
from innkeeper.events.v1.events_pb2 import DeliverEventRequest, DeliverEventsRequest, Event
from innkeeper.events.v1.events_pb2_grpc import EventSinkServiceStub


class DirectTransport:
    """The transport that needs nothing but the services themselves.

    Args:
        catalogue: All services of the platform, with what they subscribe to.
        network: The way to subscribers that run elsewhere.
    """

    broker = ""
    reached = True

    def __init__(self, catalogue: Sequence[Service], network: Network) -> None:
        self._catalogue = catalogue
        self._network = network
        self._inboxes: Mapping[str, Inbox] = {}

    def cursors(self, source: str) -> frozenset[str]:
        """The services that subscribe to it."""
        return frozenset(service.name for service in self._catalogue if source in service.subscribes)

    def deliveries(self, source: Source) -> Mapping[str, Deliver]:
        """What brings batches to each subscriber. One that is out of reach is told when it is within."""
        return {
            subscriber: self._delivery(subscriber, source)
            for subscriber in sorted(self.cursors(source.service.name))
            if subscriber in self._inboxes or self._network.reaches(subscriber)
        }

    async def start(self, inboxes: Mapping[str, Inbox]) -> None:
        """Learns which subscribers are here."""
        self._inboxes = inboxes

    async def stop(self) -> None:
        """There is nothing to end."""

    def _delivery(self, subscriber: str, source: Source) -> Deliver:
        if subscriber in self._inboxes:
            return self._inboxes[subscriber].take
        sink = self._network.stub(EventSinkServiceStub, source.tokens, at=subscriber)
        return _Remote(subscriber, sink)


class _Remote:
    """Brings batches to the sink of another process."""

    def __init__(self, subscriber: str, sink: EventSinkServiceStub) -> None:
        self._subscriber = subscriber
        self._sink = sink

    async def __call__(self, events: Sequence[Event]) -> None:
        request = DeliverEventsRequest(subscriber=self._subscriber, events=events, request_id=str(uuid.uuid4()))
        try:
            await self._sink.DeliverEvents(request)
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.UNIMPLEMENTED:  # it is older than batches are
                await self._one_by_one(events)
                return
            raise _unfit(error) or error from None

    async def _one_by_one(self, events: Sequence[Event]) -> None:
        for event in events:
            await self._sink.DeliverEvent(
                DeliverEventRequest(event=event, request_id=event.id, subscriber=self._subscriber)
            )


def _unfit(error: grpc.aio.AioRpcError) -> Unfit | None:
    """What a refusal says of the event itself, and not of the hour."""
    if error.code() is grpc.StatusCode.INVALID_ARGUMENT:
        return Unfit(DEAD_LETTER_REASON_INVALID, f"the subscriber refuses it: {error.details()}")
    if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED and not reason_of(error):  # said by gRPC itself
        return Unfit(DEAD_LETTER_REASON_TOO_LARGE, f"the subscriber's process refuses it: {error.details()}")
    return None
