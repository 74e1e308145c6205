"""Rules for messages: those that the contract states (protovalidate), and those of the standard types that it uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any

import protovalidate
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from chassis.dates import to_date
from chassis.forms import asked
from chassis.money import to_minor
from chassis.refusal import InvalidFields

FIRST_SECOND, LAST_SECOND, LAST_NANO = -62_135_596_800, 253_402_300_799, 999_999_999
"""The range of google.protobuf.Timestamp."""

LONGEST_SECONDS = 315_576_000_000
"""The range of google.protobuf.Duration, either way."""

TYPE_URL = re.compile(r"[\x21-\x7E]*/[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
"""The form of google.protobuf.Any.type_url."""

Violations = Iterator[tuple[str, str]]
Walk = Callable[[Any, str], Violations]
"""Says what is wrong with a value that stands at that path of a message."""


def check(message: Message, at: str = "") -> None:
    """Raises InvalidFields with a path and an explanation for each rule that the message breaks.

    `at` is where the request has the message, if it is not the request itself.
    """
    try:
        checker(type(message))(message)
    except InvalidFields as invalid:
        if not at:
            raise
        raise InvalidFields([(f"{at}.{path}" if path else at, text) for path, text in invalid.violations]) from None


def checker(message_class: type[Message]) -> Callable[[Message], None]:
    """What checks messages of one type."""
    return _checker(message_class.DESCRIPTOR)


@cache
def _checker(descriptor: Descriptor) -> Callable[[Message], None]:
    collect = protovalidate.Validator().collect_violations
    walk = _Walks().of(descriptor)

    def check_message(message: Message) -> None:
        broken = collect(message)
        if broken or walk is not None:
            violations = [_explained(violation) for violation in broken]
            violations.extend(walk(message, "") if walk is not None else ())
            if violations:
                raise InvalidFields(violations)

    return check_message


def _explained(violation: Any) -> tuple[str, str]:
    place = violation.proto.field  # none of a rule for the whole request
    path = ".".join(
        element.field_name + (f"[{element.subscript.value}]" if element.subscript is not None else "")
        for element in (place.elements if place is not None else ())
    )
    if violation.proto.rule_id == "string.pattern":
        return path, asked(violation.rule_value)
    return path, violation.proto.message or violation.proto.rule_id


def _check_money(value: Any, path: str) -> Violations:
    try:
        to_minor(value)
    except ValueError as error:
        yield path, f"must be an amount of an ISO 4217 currency: {error}"


def _check_date(value: Any, path: str) -> Violations:
    try:
        to_date(value)
    except ValueError as error:
        yield path, f"must be a day of the calendar: {error}"


def _check_location(value: Any, path: str) -> Violations:
    if not -90 <= value.latitude <= 90:
        yield f"{path}.latitude", "must be from -90 to 90 degrees"
    if not -180 <= value.longitude <= 180:
        yield f"{path}.longitude", "must be from -180 to 180 degrees"


def _check_instant(value: Any, path: str) -> Violations:
    if not (FIRST_SECOND <= value.seconds <= LAST_SECOND and 0 <= value.nanos <= LAST_NANO):
        yield path, "must be an instant of the years 1 to 9999, with less than a second of nanos"


def _check_duration(value: Any, path: str) -> Violations:
    if abs(value.seconds) > LONGEST_SECONDS or abs(value.nanos) > LAST_NANO or value.seconds * value.nanos < 0:
        yield path, "must be a span of at most 10000 years, with less than a second of nanos of the same sign"


def _check_payload(value: Any, path: str) -> Violations:
    if TYPE_URL.fullmatch(value.type_url) is None:
        yield f"{path}.type_url", "must end with a slash and the full name of a message type"


STANDARD_TYPES: dict[str, Walk] = {
    "google.protobuf.Any": _check_payload,
    "google.protobuf.Duration": _check_duration,
    "google.protobuf.Timestamp": _check_instant,
    "google.type.Money": _check_money,
    "google.type.Date": _check_date,
    "google.type.LatLng": _check_location,
}
"""What the comments of the standard types ask for, and no rule of ours can be written into."""


class _Walks:
    """What checks the standard types anywhere below a message, for each type of message once."""

    def __init__(self) -> None:
        self._made: dict[str, Walk | None] = {}

    def of(self, descriptor: Descriptor) -> Walk | None:
        """None where there are none below."""
        name = descriptor.full_name
        if name in STANDARD_TYPES:
            return STANDARD_TYPES[name]
        if name.startswith("google."):
            return None
        if name not in self._made:
            below: list[tuple[FieldDescriptor, Walk]] = []
            self._made[name] = partial(_walk_fields, below)  # a message may hold its own kind
            below += [(field, walk) for field in descriptor.fields if (walk := self._of_field(field)) is not None]
            if not below:
                self._made[name] = None
        return self._made[name]

    def _of_field(self, field: FieldDescriptor) -> Walk | None:
        entry = field.message_type
        if entry is not None and entry.GetOptions().map_entry:
            entry = entry.fields_by_name["value"].message_type
        return None if entry is None else self.of(entry)


def _walk_fields(below: Sequence[tuple[FieldDescriptor, Walk]], message: Any, path: str) -> Violations:
    for field, walk in below:
        inner = f"{path}.{field.name}" if path else field.name
        if not field.is_repeated:
            if message.HasField(field.name):
                yield from walk(getattr(message, field.name), inner)
            continue
        items = getattr(message, field.name)
        for key, item in items.items() if isinstance(items, Mapping) else enumerate(items):
            yield from walk(item, f"{inner}[{key}]")
