"""The places of a request where something can be wrong: its fields, and those of the messages in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from tests.contract.calls.declarations import is_output_only, is_taken_as_it_is

Way = tuple[str | int, ...]
Change = Callable[[Any], object]
"""Breaks the message that has the field."""

WHOLE: Final = frozenset(
    {
        "google.protobuf.Any",
        "google.protobuf.Duration",
        "google.protobuf.FieldMask",
        "google.protobuf.Timestamp",
        "google.type.Date",
        "google.type.LatLng",
        "google.type.Money",
    }
)
"""Messages that are values: they are right or wrong as a whole."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A field, and the way from the request to the message that has it: names of fields and indices of items."""

    way: Way
    field: FieldDescriptor

    @property
    def is_value(self) -> bool:
        """Whether the field is right or wrong by itself, and not by the fields of a message in it."""
        return self.field.message_type is None or self.field.message_type.full_name in WHOLE

    @property
    def can_be_wrong(self) -> bool:
        """Whether there is a wrong value of the field itself: both that a bool has are right."""
        return self.is_value and self.field.type != FieldDescriptor.TYPE_BOOL

    @property
    def path(self) -> str:
        """As an error names it: `hotel.taxes[0].display_name`."""
        return path_of((*self.way, self.field.name))

    def holder(self, request: Message) -> Any:
        """The message that has the field."""
        holder: Any = request
        for step in self.way:
            holder = holder[step] if isinstance(step, int) else getattr(holder, step)
        return holder

    def put(self, holder: Any, value: Any) -> None:
        """Set the field; of a repeated one, the first item."""
        if self.field.is_repeated:
            items = getattr(holder, self.field.name)
            rest = list(items)[1:]
            holder.ClearField(self.field.name)
            getattr(holder, self.field.name).extend([value, *rest])
        elif self.field.message_type is not None:
            getattr(holder, self.field.name).CopyFrom(value)
        else:
            setattr(holder, self.field.name, value)

    def becomes(self, value: Any) -> Change:
        """The change that puts that value there."""
        return lambda holder: self.put(holder, value)


@dataclass(frozen=True, slots=True)
class Broken:
    """A request that is right but for one thing, and where that is."""

    path: str
    what: str
    request: Any


def broken(request: Message, spot: Spot, what: str, change: Change) -> Broken:
    """A copy of the request with that change, under a request id of its own.

    A choice of which nothing is left is named by the choice.
    """
    copy = type(request)()
    copy.CopyFrom(request)
    if "request_id" in copy.DESCRIPTOR.fields_by_name:
        copy.request_id = str(uuid4())  # type: ignore[attr-defined]
    change(spot.holder(copy))
    oneof = spot.field.containing_oneof
    if oneof is not None and spot.holder(copy).WhichOneof(oneof.name) is None:
        return Broken(path_of((*spot.way, oneof.name)), what, copy)
    return Broken(spot.path, what, copy)


def spots(message: Message, way: Way = ()) -> Iterator[Spot]:
    """Every field that a caller may set, in the message and in the messages that are set in it."""
    for field in message.DESCRIPTOR.fields:
        if is_output_only(field) or is_taken_as_it_is(field):
            continue
        yield (spot := Spot(way, field))
        if spot.is_value:
            continue
        assert not field.message_type.GetOptions().map_entry, f"{field.full_name}: say how keys are broken"
        if field.is_repeated:
            for index, item in enumerate(getattr(message, field.name)):
                yield from spots(item, (*way, field.name, index))
        elif message.HasField(field.name):
            yield from spots(getattr(message, field.name), (*way, field.name))


def path_of(way: Way) -> str:
    """`("hotel", "taxes", 0, "display_name")` is `hotel.taxes[0].display_name`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in way)
    return text.removeprefix(".")
