"""Hotels and whole listings: which are refused, and what counts as a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chassis.refusal import InvalidField
from services.hotels.hotel import known_time_zone
from tests.unit.hotels.listings import NOW, hotel, listing, rate_plan, room_type


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"hotel": hotel(name="")}, "hotel.name", id="no name"),
        pytest.param({"hotel": hotel(display_name="")}, "hotel.display_name", id="no display name"),
        pytest.param({"hotel": hotel(time_zone="Mars/Olympus")}, "hotel.time_zone", id="no such time zone"),
        pytest.param({"room_types": (room_type(capacity=0),)}, "room_types[0].capacity", id="room for nobody"),
        pytest.param(
            {"room_types": (room_type(), room_type(display_name=""))}, "room_types[1].display_name", id="nameless room"
        ),
        pytest.param({"room_types": (room_type(), room_type())}, "room_types[1].name", id="a room type twice"),
        pytest.param(
            {"room_types": (room_type(), room_type(of="hotels/other"))}, "room_types[1].name", id="another's room type"
        ),
        pytest.param({"rate_plans": (rate_plan(), rate_plan())}, "rate_plans[1].name", id="a rate plan twice"),
        pytest.param({"rate_plans": (rate_plan(of="hotels/other"),)}, "rate_plans[0].name", id="another's rate plan"),
        pytest.param(
            {"rate_plans": (rate_plan(room_id="suite"),)}, "rate_plans[0].room_type", id="plan for a room not there"
        ),
    ],
)
def test_a_listing_that_breaks_a_rule_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidField) as refusal:
        listing(**changes).check()
    assert [path for path, _ in refusal.value.violations] == [field]


@pytest.mark.parametrize(
    ("key", "known"),
    [
        ("Europe/Vienna", True),
        ("UTC", True),
        ("America/Argentina/Buenos_Aires", True),
        ("", False),
        ("Europe", False),
        ("Vienna", False),
        ("/etc/passwd", False),
        ("../Europe/Vienna", False),
        ("+01", False),
    ],
)
def test_time_zones_are_those_of_the_iana_database(key: str, known: bool) -> None:
    assert known_time_zone(key) is known


def test_what_did_not_change_keeps_its_revision() -> None:
    before = listing(room_types=(room_type(revision=3), room_type("suite", revision=4)))
    now = listing(room_types=(room_type(units=6), room_type("suite")))

    after = before.revised(now)

    assert [part.revision for part in after.room_types] == [4, 4]
    assert after.hotel is before.hotel
    assert after.rate_plans[0].revision == 1


def test_parts_come_and_go() -> None:
    after = listing().revised(listing(room_types=(room_type("suite"),), rate_plans=()))
    assert [part.name for part in after.room_types] == ["hotels/sacher/roomTypes/suite"]
    assert after.rate_plans == ()


def test_the_same_again_at_another_time_is_no_change() -> None:
    before = listing(hotel=hotel(revision=5))
    later = listing(hotel=hotel(update_time=NOW + timedelta(days=1)))
    assert before.revised(later) == before
    assert before.revised(later).hotel.update_time == NOW


def test_a_changed_hotel_remembers_since_when_it_is_listed() -> None:
    later = NOW + timedelta(days=1)
    after = hotel().revised(hotel(stars=5, create_time=later, update_time=later), "hotel")
    assert (after.create_time, after.update_time, after.revision) == (NOW, later, 2)


def test_the_currency_stays() -> None:
    with pytest.raises(InvalidField, match=r"hotel\.currency_code: cannot change, and is EUR"):
        listing().revised(listing(hotel=hotel(currency_code="USD")))


def test_the_order_of_parts_is_that_of_their_names() -> None:
    rooms = (room_type("b"), room_type("a"))
    assert listing(room_types=rooms).in_order() == replace(listing(), room_types=rooms[::-1])
