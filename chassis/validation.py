"""Rules for messages: those that the contract states (protovalidate), and those of the standard types that it uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import protovalidate
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from chassis.dates import to_date
from chassis.money import to_minor
from chassis.refusal import InvalidFields

Violations = Iterator[tuple[str, str]]


def check(message: Message) -> None:
    """Raises InvalidFields with a path and an explanation for each rule that the message breaks."""
    checker(type(message))(message)


def checker(message_class: type[Message]) -> Callable[[Message], None]:
    """What checks messages of one type."""
    return _checker(message_class.DESCRIPTOR)


@cache
def _checker(descriptor: Descriptor) -> Callable[[Message], None]:
    collect = protovalidate.Validator().collect_violations
    walk = _walk_of(descriptor)

    def check_message(message: Message) -> None:
        broken = collect(message)
        if broken or walk is not None:
            violations = [_explained(violation) for violation in broken]
            violations.extend(walk(message, "") if walk is not None else ())
            if violations:
                raise InvalidFields(violations)

    return check_message


def _explained(violation: Any) -> tuple[str, str]:
    path = ".".join(
        element.field_name + (f"[{element.subscript.value}]" if element.subscript is not None else "")
        for element in violation.proto.field.elements
    )
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


STANDARD_TYPES: dict[str, Callable[[Any, str], Violations]] = {
    "google.type.Money": _check_money,
    "google.type.Date": _check_date,
    "google.type.LatLng": _check_location,
}
"""What the comments of the standard types ask for, and no rule of ours can be written into."""


@cache
def _walk_of(descriptor: Descriptor) -> Callable[[Any, str], Violations] | None:
    """What checks the standard types anywhere below a message; None where there are none."""
    if descriptor.full_name in STANDARD_TYPES:
        return STANDARD_TYPES[descriptor.full_name]
    if descriptor.full_name.startswith("google."):
        return None
    below = [
        (field.name, field.is_repeated, walk)
        for field in descriptor.fields
        if field.message_type is not None
        and not field.message_type.GetOptions().map_entry
        and (walk := _walk_of(field.message_type)) is not None
    ]
    if not below:
        return None

    def walk_fields(message: Any, path: str) -> Violations:
        for name, repeated, walk in below:
            inner = f"{path}.{name}" if path else name
            if repeated:
                for index, item in enumerate(getattr(message, name)):
                    yield from walk(item, f"{inner}[{index}]")
            elif message.HasField(name):
                yield from walk(getattr(message, name), inner)

    return walk_fields
