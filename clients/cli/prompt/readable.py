"""Messages as people read them: indented, with amounts, dates and instants written as usual."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date
from google.type.latlng_pb2 import LatLng
from google.type.money_pb2 import Money

from chassis.money import NANOS, exponent


def readable(message: Message) -> str:
    """The fields that are set, one a line; `{}` where none is.

    Such as::

        name: users/ada
        birth_date: 1990-02-01
        membership: MEMBERSHIP_GOLD
    """
    short = SHORT.get(message.DESCRIPTOR.full_name)
    return short(message) if short else "\n".join(_lines(message)) or "{}"


def _lines(message: Message) -> Iterator[str]:
    for field, value in message.ListFields():
        if not field.is_repeated:
            yield from _labelled(f"{field.name}:", field, value)
        elif field.message_type is None or field.message_type.full_name in SHORT:
            yield f"{field.name}: [{', '.join(_word(field, item) for item in value)}]"
        elif field.message_type.GetOptions().map_entry:
            yield f"{field.name}:"
            kind = field.message_type.fields_by_name["value"]
            for key in sorted(value):
                yield from (f"  {line}" for line in _labelled(f"{key}:", kind, value[key]))
        else:
            yield f"{field.name}:"
            for item in value:
                first, *rest = readable(item).splitlines()
                yield f"  - {first}"
                yield from (f"    {line}" for line in rest)


def _labelled(label: str, field: FieldDescriptor, value: Any) -> Iterator[str]:
    """A word stands beside its label, the fields of a nested message below."""
    if field.message_type is not None and field.message_type.full_name not in SHORT and value.ListFields():
        yield label
        yield from (f"  {line}" for line in _lines(value))
    else:
        yield f"{label} {_word(field, value)}"


def _word(field: FieldDescriptor, value: Any) -> str:
    match value:
        case Message():
            return readable(value)
        case bool():
            return "true" if value else "false"
        case int() if field.enum_type is not None:
            known = field.enum_type.values_by_number.get(value)
            return known.name if known else str(value)
        case str():
            # Nothing that a server sends may steer the terminal.
            return value if value.isprintable() and value else repr(value)
        case bytes():
            return value.hex()
        case _:
            return str(value)


def _money(money: Money) -> str:
    amount = money.units + Decimal(money.nanos) / NANOS
    try:
        return f"{amount:.{exponent(money.currency_code)}f} {money.currency_code}"
    except ValueError:  # not a currency of ISO 4217
        return f"{amount} {money.currency_code}"


def _any(packed: AnyMessage) -> str:
    return f"{packed.TypeName()} ({len(packed.value)} bytes)"


SHORT: Final[Mapping[str, Callable[[Any], str]]] = {
    Date.DESCRIPTOR.full_name: lambda date: f"{date.year:04}-{date.month:02}-{date.day:02}",
    Money.DESCRIPTOR.full_name: _money,
    LatLng.DESCRIPTOR.full_name: lambda place: f"({place.latitude}, {place.longitude})",
    FieldMask.DESCRIPTOR.full_name: lambda mask: ",".join(mask.paths),
    Timestamp.DESCRIPTOR.full_name: Timestamp.ToJsonString,
    Duration.DESCRIPTOR.full_name: Duration.ToJsonString,
    AnyMessage.DESCRIPTOR.full_name: _any,
}
"""The messages that are written on one line, each as `innkeeper shell` takes it back."""
