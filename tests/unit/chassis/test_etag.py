"""An etag says which revision a caller has read."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from chassis.etag import etag_of, require_etag
from chassis.refusal import EtagMismatch


@dataclass(frozen=True)
class Room:
    name: str
    revision: int


ROOM = Room("rooms/7", 2)


@pytest.mark.parametrize("etag", [pytest.param("", id="none"), pytest.param(etag_of(ROOM), id="its own")])
def test_an_etag_that_fits(etag: str) -> None:
    require_etag(ROOM, etag)


@pytest.mark.parametrize(
    "etag",
    [pytest.param(etag_of(Room("rooms/7", 1)), id="of the revision before"), pytest.param("two", id="of nobody")],
)
def test_an_etag_that_does_not_fit(etag: str) -> None:
    with pytest.raises(EtagMismatch, match="rooms/7 has changed"):
        require_etag(ROOM, etag)
