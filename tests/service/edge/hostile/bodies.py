"""Bodies that are no good JSON, or no good request (RFC 8259; the cases are those that parsers disagree on)."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from typing import Final

DEEP: Final = 10_000


def _day(ahead: int) -> bytes:
    day = datetime.now(UTC) + timedelta(days=ahead)
    return b'{"year": %d, "month": %d, "day": %d}' % (day.year, day.month, day.day)


def with_city(city: bytes) -> bytes:
    """A request that is good if the city is, and whatever stands behind it."""
    return b'{"guests": 2, "checkIn": %s, "checkOut": %s, "city": %s}' % (_day(30), _day(32), city)


def _besides(field: bytes) -> bytes:
    """A request that is good but for one field."""
    return with_city(b'"Vienna", ' + field)


GOOD: Final = with_city(b'"Vienna"')

BODIES: Final[dict[str, bytes]] = {
    "nothing but a brace": b"{",
    "no end": GOOD[:-1],
    "no value": with_city(b""),
    "a comma too few": with_city(b'"Vienna" "pageSize": 1'),
    "a comment": _besides(b'/* none */ "pageSize": 1'),
    "two objects": GOOD + GOOD,
    "something behind it": GOOD + b"garbage",
    "a list": b"[" + GOOD + b"]",
    "a text": b'"Vienna"',
    "a number": b"1",
    "not a number": _besides(b'"pageSize": NaN'),
    "infinity": _besides(b'"pageSize": Infinity'),
    "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "a form": b"city=Vienna&pageSize=1",
    "no UTF-8": with_city(b'"\xff\xfe"'),
    "no UTF-8 in a name": _besides(b'"page\xffSize": 1'),
    "UTF-16": GOOD.decode().encode("utf-16"),
    "overlong UTF-8": with_city(b'"Wien\xc0\xae"'),
    "half of a surrogate pair": with_city(b'"Wien\\ud800"'),
    "a control character": with_city(b'"Wi\x01en"'),
    "a null byte behind it": GOOD + b"\0",
    "a null byte, escaped": with_city(b'"Wien\\u0000"'),
    "lists within lists": with_city(b"[" * DEEP + b"]" * DEEP),
    "objects within objects": b'{"checkIn":' * DEEP + b"{}" + b"}" * DEEP,
    "lists without an end": b"[" * DEEP,
    "unknown lists within lists": _besides(b'"deep": ' + b"[" * DEEP + b"]" * DEEP),
    "a huge number": _besides(b'"pageSize": 1e400'),
    "a number beyond 64 bits": _besides(b'"pageSize": 99999999999999999999'),
    "a number of 10,000 digits": _besides(b'"pageSize": ' + b"9" * DEEP),
    "a number with a fraction": _besides(b'"pageSize": 1.5'),
    "a text for a number": _besides(b'"pageSize": "many"'),
    "an object for a text": with_city(b'{"name": "Vienna"}'),
    "a list for a text": with_city(b'["Vienna"]'),
    "a text for an object": b'{"checkIn": "tomorrow", "city": "Vienna"}',
    "both of a choice": _besides(b'"place": "places/2761369"'),
    "a long text": with_city(b'"' + b"a" * 100_000 + b'"'),
    "a compressed body": gzip.compress(bytes(1_000_000)),
}
"""Each is sent as `application/json` to a public method that takes an object."""

TAKEN: Final[dict[str, bytes]] = {
    "no quotes": _besides(b"pageSize: 1"),
    "single quotes": _besides(b"'pageSize': 1"),
    "a comma too many": _besides(b""),
    "an escape that is none": with_city(b'"\\x41"'),
    "an unknown field": _besides(b'"isAdmin": true'),
    "a field that changes every object": _besides(b'"__proto__": {"isAdmin": true}'),
    "a field twice": _besides(b'"city": "Graz"'),
    "a field by both of its names": _besides(b'"pageSize": 1, "page_size": 2'),
    "a field twice, escaped": _besides(b'"ci\\u0074y": "Graz"'),
}
"""What the parser of protobuf, which Envoy has, takes though RFC 8259 does not, or what it passes over. None but it
reads JSON here, so nobody takes it for something else; of two members of one name, the last one counts."""
