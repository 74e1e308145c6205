"""Guesses at single values: wild ones, and fair ones that keep the rules of the contract."""

from __future__ import annotations

from math import inf, nan
from typing import Any, Final

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.latlng_pb2 import LatLng
from hypothesis import strategies as st

from chassis.dates import from_date
from chassis.money import from_minor
from tests.contract.bad_requests.breaking.numbers import LIMITS
from tests.contract.calls.declarations import item_rules, rules_of
from tests.contract.calls.filling import STANDARD, value_of

Strategy = st.SearchStrategy[Any]

TEXTS: Final = (
    "", " ", "\x00", "a\nb", "%", "'", '"', "\\", "{}", "[]", "null", "-", "*", "a" * 300, "é", "e\u0301", "İ", "ß",
    "𝔘", "\u200b", "\u202e", "Ⅷ", "users/-", "hotels/a", "../..", "9" * 40, "2027-01-01", "€",
)  # fmt: skip
"""Texts that have broken programs before."""

NUMBERS: Final = (-1, 0, 1, 2, 7, 20, 21, 100, 1000, 10_000)
REALS: Final = (0.0, -0.0, 89.999, 90.0, -90.0, 180.0, -180.0, 1e300, 5e-324, nan, inf, -inf)
CURRENCIES: Final = ("EUR", "EUR", "USD", "JPY", "KWD")
LONGEST: Final = 256


def wild(field: FieldDescriptor) -> Strategy | None:
    """Any value of a scalar; None for a message, which is guessed field by field."""
    if field.message_type is not None:
        return None
    if field.enum_type is not None:
        return st.integers(*LIMITS[FieldDescriptor.TYPE_INT32])
    if field.type in LIMITS:
        return st.one_of(st.sampled_from(NUMBERS), st.integers(*LIMITS[field.type]))
    if field.type == FieldDescriptor.TYPE_DOUBLE:
        return st.one_of(st.sampled_from(REALS), st.floats())
    if field.type == FieldDescriptor.TYPE_BYTES:
        return st.binary(max_size=30)
    if field.type == FieldDescriptor.TYPE_BOOL:
        return st.booleans()
    assert field.type == FieldDescriptor.TYPE_STRING, f"{field.full_name}: say what may be guessed"
    return st.one_of(st.sampled_from(TEXTS), st.text(max_size=30))


def fair(field: FieldDescriptor) -> Strategy | None:
    """Values that keep the field's own rules; None for a message, which is guessed field by field."""
    if field.message_type is not None:
        return _fair_value(field)
    if field.enum_type is not None:
        return st.sampled_from([value.number for value in field.enum_type.values])
    if field.type == FieldDescriptor.TYPE_BOOL:
        return st.booleans()
    rules = item_rules(field)
    if field.type in LIMITS:
        bounds = getattr(rules, str(rules.WhichOneof("type") or "int32"))
        return st.integers(bounds.gte, bounds.lte or LIMITS[field.type][1])
    if field.type == FieldDescriptor.TYPE_DOUBLE:
        return st.floats(rules.double.gte, allow_nan=False, allow_infinity=False)
    if rules.string.pattern:
        longest = rules.string.max_len or LONGEST
        fitting = st.from_regex(rules.string.pattern.replace("$", r"\Z")).map(lambda text: text[:longest])
        return st.one_of(fitting, st.builds(value_of, st.just(field)))
    return st.builds(value_of, st.just(field))


def _fair_value(field: FieldDescriptor) -> Strategy | None:
    name = field.message_type.full_name
    if name == "google.protobuf.FieldMask":
        allowed = list(getattr(rules_of(field).field_mask, "in"))
        return st.lists(st.sampled_from(allowed), unique=True).map(lambda paths: FieldMask(paths=paths))
    if name == "google.protobuf.Duration":
        rules = rules_of(field).duration
        return st.integers(rules.gte.ToNanoseconds(), rules.lte.ToNanoseconds()).map(_duration)
    return FAIR.get(name)


def _duration(nanoseconds: int) -> Duration:
    duration = Duration()
    duration.FromNanoseconds(nanoseconds)
    return duration


FAIR: Final[dict[str, Strategy]] = {
    "google.protobuf.Any": st.builds(STANDARD["google.protobuf.Any"])
    | st.builds(AnyMessage, type_url=st.just("a/b.C")),
    "google.protobuf.Timestamp": st.integers(0, 2**33).map(lambda seconds: Timestamp(seconds=seconds)),
    "google.type.Date": st.dates().map(from_date),
    "google.type.LatLng": st.builds(LatLng, latitude=st.floats(-90, 90), longitude=st.floats(-180, 180)),
    "google.type.Money": st.builds(
        from_minor, st.one_of(st.integers(0, 10_000), st.integers(-(2**62), 2**62)), st.sampled_from(CURRENCIES)
    ),
}
"""Every day, place, instant and sum of money that there is."""
