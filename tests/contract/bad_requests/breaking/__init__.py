"""All the ways in which a request is broken: for a spot of a request, the values that are wrong there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from google.protobuf.message import Message

from tests.contract.bad_requests.breaking import dates, lists, money, numbers, presence, raw, standard, texts
from tests.contract.bad_requests.spots import Broken, Change, Spot, broken, spots

Breaker = Callable[[Any, Spot], Iterator[tuple[str, Change]]]
"""Gives what is wrong, for a reader, and the change that makes it so; nothing where the spot cannot be broken so."""

BREAKERS: Final[dict[str, Breaker]] = {
    "missing": presence.missing,
    "no alternative": presence.no_alternative,
    "blank": texts.blank,
    "control character": texts.control_character,
    "too long": texts.too_long,
    "too short": texts.too_short,
    "malformed": texts.malformed,
    "bad uuid": texts.bad_uuid,
    "bad address": texts.bad_address,
    "unreachable": texts.unreachable,
    "bad page token": texts.bad_page_token,
    "out of range": numbers.out_of_range,
    "no such rate": numbers.no_such_rate,
    "unknown value": numbers.unknown_value,
    "too large": raw.too_large,
    "too many": lists.too_many,
    "too few": lists.too_few,
    "twice": lists.twice,
    "no such day": dates.no_such_day,
    "wrong time": dates.wrong_time,
    "no such instant": dates.no_such_instant,
    "no such duration": dates.no_such_duration,
    "no such currency": money.no_such_currency,
    "no such amount": money.no_such_amount,
    "unfit amount": money.unfit_amount,
    "no such place": standard.no_such_place,
    "bad mask": standard.bad_mask,
    "bad payload": standard.bad_payload,
    "not of this world": standard.not_of_this_world,
}


def all_broken(request: Message, breaker: str) -> Iterator[Broken]:
    """The request broken in that way, at each spot and by each value, one at a time."""
    for spot in spots(request):
        for what, change in BREAKERS[breaker](request, spot):
            yield broken(request, spot, what, change)
