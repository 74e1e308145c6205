"""EventSinkService: takes events that come from other processes, for the subscribers of this one."""

from __future__ import annotations

from collections.abc import Mapping

from google.protobuf.empty_pb2 import Empty

from chassis.events.inbox import Inbox
from chassis.refusal import NotFound
from innkeeper.events.v1.events_pb2 import DeliverEventRequest, DeliverEventsRequest


class EventSinkServicer:
    """Hands events to the inboxes of the process, by subscriber; one that took them in before leaves it at that."""

    def __init__(self, inboxes: Mapping[str, Inbox]) -> None:
        self._inboxes = inboxes

    async def deliver_event(self, request: DeliverEventRequest) -> Empty:
        """Answers when every inbox that it is for keeps the event."""
        for inbox in [self._inbox(request.subscriber)] if request.subscriber else self._inboxes.values():
            await inbox.take([request.event])
        return Empty()

    async def deliver_events(self, request: DeliverEventsRequest) -> Empty:
        """Answers when the inbox keeps all of them."""
        await self._inbox(request.subscriber).take(request.events)
        return Empty()

    def _inbox(self, subscriber: str) -> Inbox:
        """Raises NotFound."""
        inbox = self._inboxes.get(subscriber)
        if inbox is None:
            raise NotFound(subscriber)
        return inbox
