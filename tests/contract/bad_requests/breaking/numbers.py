"""Numbers that a contract does not take."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, nan, nextafter
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor

from tests.contract.bad_requests.spots import Change, Spot
from tests.contract.calls.declarations import item_rules

LIMITS: Final = {
    FieldDescriptor.TYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_INT64: (-(2**63), 2**63 - 1),
}
"""The least and the greatest number of each type."""


def out_of_range(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """One less than the least that is allowed, one more than the most, and what the type ends with."""
    if spot.field.type not in LIMITS:
        return
    rules = item_rules(spot.field)
    bounds = getattr(rules, str(rules.WhichOneof("type") or "int32"))
    least, most = LIMITS[spot.field.type]
    wrong = {bounds.gte - 1, least} if bounds.HasField("gte") else set()
    wrong |= {bounds.lte + 1, most} if bounds.HasField("lte") else set()
    for number in sorted(wrong):
        yield str(number), spot.becomes(number)


def no_such_rate(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """Less than nothing, without end, or no number at all."""
    if spot.field.type == FieldDescriptor.TYPE_DOUBLE:
        rules = item_rules(spot.field).double
        wrong = [nextafter(rules.gte, -inf)] if rules.HasField("gte") else []
        for number in (*wrong, *((inf, -inf, nan) if rules.finite else ())):
            yield str(number), spot.becomes(number)


def unknown_value(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """A number that the enum does not have, or that the contract excludes."""
    if spot.field.enum_type is not None:
        unknown = max(value.number for value in spot.field.enum_type.values) + 1
        for number in (unknown, 9999, -1, *item_rules(spot.field).enum.not_in):
            yield str(number), spot.becomes(number)
