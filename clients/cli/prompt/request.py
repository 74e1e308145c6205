"""Requests from what is quickly typed: names and plain values instead of nested messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date
from google.type.latlng_pb2 import LatLng
from google.type.money_pb2 import Money

from chassis.money import NANOS
from clients.cli.failure import Mistake


class Unfit(Mistake):
    """A request was given a value that its contract has no place for."""


def built(kind: Descriptor, values: Mapping[str, Any]) -> Message:
    """A message of that kind with these fields set.

    Beside what protobuf takes, a nested message may be a mapping, an enum value its name with or without the prefix
    (`"gold"`), a date `"2027-05-01"`, an amount `"119.50 EUR"`, a place `(48.2, 16.4)`, an instant
    `"2027-05-01T10:00:00Z"`, a duration `"90s"` and a field mask `"given_name,email"`.

    Raises Unfit that names the field where a value does not fit, or there is no such field.
    """
    message = GetMessageClass(kind)()
    for name, value in values.items():
        field = kind.fields_by_name.get(name)
        if field is None:
            known = ", ".join(kind.fields_by_name) or "none"
            raise Unfit(f"{kind.name} has no field {name!r}; its fields: {known}")
        try:
            _put(message, field, value)
        except (TypeError, ValueError) as error:
            raise Unfit(f"{kind.name}.{name}: {error}") from None
    return message


def _put(message: Message, field: FieldDescriptor, value: Any) -> None:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        getattr(message, field.name).update(value)
    elif field.is_repeated:
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise ValueError(f"needs a list, not {value!r}")
        getattr(message, field.name).extend([_one(field, item) for item in value])
    elif field.message_type is not None:
        getattr(message, field.name).CopyFrom(_one(field, value))
    else:
        setattr(message, field.name, _one(field, value))


def _one(field: FieldDescriptor, value: Any) -> Any:
    if field.enum_type is not None and isinstance(value, str):
        return _number(field.enum_type, value)
    if field.message_type is None or isinstance(value, Message):
        return value
    written = WRITTEN.get(field.message_type.full_name)
    if written is not None and not isinstance(value, Mapping):
        return written(value)
    if not isinstance(value, Mapping):
        raise ValueError(f"needs a dict of {', '.join(field.message_type.fields_by_name)}, not {value!r}")
    return built(field.message_type, value)


def _number(enum: EnumDescriptor, name: str) -> int:
    wanted = name.upper().replace("-", "_")
    found = [value for value in enum.values if value.name == wanted] or [
        value for value in enum.values if value.name == f"{_prefix(enum)}_{wanted}"
    ]
    if not found:
        raise ValueError(f"no {name!r} among {', '.join(value.name for value in enum.values)}")
    return found[0].number


def _prefix(enum: EnumDescriptor) -> str:
    """What all names of the enum begin with: that of the zero value, without `_UNSPECIFIED`."""
    return enum.values_by_number[0].name.removesuffix("_UNSPECIFIED")


def _date(value: date | str) -> Date:
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return Date(year=day.year, month=day.month, day=day.day)


def _money(value: str) -> Money:
    amount, _, currency = value.partition(" ")
    try:
        nanos = int(Decimal(amount) * NANOS)
    except InvalidOperation:
        raise ValueError(f"needs an amount such as '119.50 EUR', not {value!r}") from None
    sign = -1 if nanos < 0 else 1
    units, rest = divmod(abs(nanos), NANOS)
    return Money(currency_code=currency, units=sign * units, nanos=sign * rest)


def _place(value: tuple[float, float]) -> LatLng:
    latitude, longitude = value
    return LatLng(latitude=latitude, longitude=longitude)


def _mask(value: str | Iterable[str]) -> FieldMask:
    return FieldMask(paths=value.split(",") if isinstance(value, str) else value)


def _instant(value: Any) -> Timestamp:
    timestamp = Timestamp()
    if isinstance(value, str):
        timestamp.FromJsonString(value)
    else:
        timestamp.FromDatetime(value)
    return timestamp


def _duration(value: Any) -> Duration:
    duration = Duration()
    if isinstance(value, str):
        duration.FromJsonString(value)
    else:
        duration.FromTimedelta(value)
    return duration


WRITTEN: Final[Mapping[str, Callable[[Any], Message]]] = {
    Date.DESCRIPTOR.full_name: _date,
    Money.DESCRIPTOR.full_name: _money,
    LatLng.DESCRIPTOR.full_name: _place,
    FieldMask.DESCRIPTOR.full_name: _mask,
    Timestamp.DESCRIPTOR.full_name: _instant,
    Duration.DESCRIPTOR.full_name: _duration,
}
"""The messages that have a short written form."""
