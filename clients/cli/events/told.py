"""Events, and what is done with them, in words, a line each."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from google.protobuf.descriptor_pool import Default
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass
from rich.text import Text

import innkeeper
from innkeeper.events.v1 import event_log_pb2 as pb
from innkeeper.events.v1.events_pb2 import Event

WIDTH: Final = 120
"""How many columns a line has where there is no terminal to say it."""


def line(event: Event) -> str:
    """`12:34:56.789 booking #17 bookings/7f3a… BookingConfirmed {"booking": "bookings/7f3a…"}`, not wider than the
    terminal: what does not fit is cut off, with `…` in its place."""
    time = event.occur_time.ToDatetime(UTC).astimezone().strftime("%H:%M:%S.%f")[:-3]
    kind = event.payload.TypeName().rpartition(".")[2]
    what = json.dumps(_content(event), ensure_ascii=False)
    told = Text(f"{time} {event.source} #{event.sequence} {event.aggregate} {kind} {what}")
    told.truncate(shutil.get_terminal_size((WIDTH, 0)).columns, overflow="ellipsis")  # in cells: some letters take two
    return told.plain


def as_json(event: Event) -> str:
    """The event as JSON on one line; a payload that cannot be read, as base64 under `value`."""
    bare = Event()
    bare.CopyFrom(event)
    bare.ClearField("payload")
    told = MessageToDict(bare)
    told["payload"] = {"@type": event.payload.type_url, **_content(event)}
    return json.dumps(told, ensure_ascii=False)


def replayed(answer: pb.ReplayEventsResponse, asked: datetime | None) -> Iterator[str]:
    """What is sent to whom; and from when on, where what was asked for is not kept any more."""
    for each in answer.replays:
        yield f"{each.subscriber}: {each.event_count} events are on their way"
    if not answer.HasField("earliest_time"):
        yield "nothing that happened is kept"
        return
    earliest = answer.earliest_time.ToDatetime(UTC)
    if asked is not None and asked < earliest:
        yield f"the first that can be replayed happened at {earliest.isoformat(timespec='milliseconds')}"


def _content(event: Event) -> dict[str, Any]:
    """The fields of the payload by their names in JSON."""
    _load()
    name = event.payload.TypeName()
    try:
        payload = GetMessageClass(Default().FindMessageTypeByName(name)).FromString(event.payload.value)
    except (KeyError, DecodeError):
        return {"value": base64.b64encode(event.payload.value).decode()}
    return MessageToDict(payload)


@cache
def _load() -> None:
    """Makes the messages of all events known."""
    for root in innkeeper.__path__:
        for file in Path(root).glob("*/v*/*_events_pb2.py"):
            import_module(".".join(("innkeeper", *file.relative_to(root).with_suffix("").parts)))
