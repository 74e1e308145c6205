"""What the feeds tell, and what they have in common."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from google.protobuf.json_format import MessageToDict

from innkeeper.booking.v1.booking_pb2 import BookingEvent
from innkeeper.notifications.v1.feed_pb2 import NotificationEvent

LiveEvent = BookingEvent | NotificationEvent
"""Counts up by `id`; one of `TYPE_CURRENT` says that all was told that there was when the watch began."""

CURRENT: Final = 1
"""The number of `TYPE_CURRENT` in either."""


def concerned(event: LiveEvent) -> Iterator[str]:
    """The resource names of whatever is watched that an event is an event of; none of `TYPE_CURRENT`."""
    names = (event.booking, event.user) if isinstance(event, BookingEvent) else (event.user,)
    return filter(None, names)


def event_json(event: LiveEvent) -> str:
    """The event as a line of the feed by HTTP has it."""
    return json.dumps(MessageToDict(event, always_print_fields_with_no_presence=True), separators=(",", ":"))
