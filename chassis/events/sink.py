"""EventSinkService: takes events that come from other processes, for all subscribers of this one."""

from __future__ import annotations

from collections.abc import Sequence

from google.protobuf.empty_pb2 import Empty

from chassis.events.inbox import Inbox
from innkeeper.events.v1.events_pb2 import DeliverEventRequest


class EventSinkServicer:
    """Hands each event to every inbox of the process; those that took it in before leave it at that."""

    def __init__(self, inboxes: Sequence[Inbox]) -> None:
        self._inboxes = inboxes

    async def deliver_event(self, request: DeliverEventRequest) -> Empty:
        """Answers when the event's effects are stored. Raises InvalidFields for a bad payload."""
        for inbox in self._inboxes:
            inbox.check(request.event)
        for inbox in self._inboxes:
            await inbox.take([request.event])
        return Empty()
