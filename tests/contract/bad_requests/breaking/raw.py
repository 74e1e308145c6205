"""Bytes that a contract does not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from tests.contract.bad_requests.spots import Change, Spot
from tests.contract.calls.declarations import rules_of


def too_large(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """One byte more than the contract takes."""
    if spot.field.type == FieldDescriptor.TYPE_BYTES:
        limit = rules_of(spot.field).bytes.max_len
        assert limit, f"{spot.field.full_name}: say how much it may hold"
        yield f"{limit + 1} bytes", spot.becomes(bytes(limit + 1))
