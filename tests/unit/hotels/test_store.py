"""What the tables of the catalogue give back, and what they do not let in twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import given
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from chassis.refusal import AlreadyExists, EtagMismatch, NotFound
from services.hotels import store
from services.hotels.rate_plan import RatePlan
from services.hotels.tables import METADATA
from services.hotels.tax import Tax
from tests.unit.hotels.listings import RATE_PLANS, SACHER, TAXES, hotel, listing, rate_plan, room_type


@contextmanager
def empty_catalogue() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def session() -> Iterator[Session]:
    with empty_catalogue() as session:
        yield session


@pytest.fixture
def stocked(session: Session) -> Session:
    store.replace(session, [listing()])
    return session


@given(RATE_PLANS, TAXES)
def test_a_listing_comes_back_as_it_went_in(plan: RatePlan, taxes: tuple[Tax, ...]) -> None:
    sent = listing(hotel=hotel(taxes=taxes), rate_plans=(plan,))
    with empty_catalogue() as session:
        store.replace(session, [sent])
        assert store.listings(session, [SACHER, "hotels/none"]) == {SACHER: sent}


def test_a_listing_takes_the_place_of_the_one_before(stocked: Session) -> None:
    smaller = listing(hotel=hotel(stars=1), rate_plans=())
    store.replace(stocked, [smaller])
    assert store.listings(stocked, [SACHER]) == {SACHER: smaller}


@pytest.mark.parametrize("part", [hotel(), room_type(), rate_plan()], ids=["hotel", "room type", "rate plan"])
def test_a_name_is_taken_once(stocked: Session, part: store.Part) -> None:
    with pytest.raises(AlreadyExists, match=part.name):
        store.add(stocked, part)


@pytest.mark.parametrize(
    ("part", "missing"),
    [
        pytest.param(room_type(of="hotels/none"), "hotels/none", id="room type of no hotel"),
        pytest.param(rate_plan(of="hotels/none"), "hotels/none", id="rate plan of no hotel"),
        pytest.param(rate_plan("new", room_id="none"), f"{SACHER}/roomTypes/none", id="rate plan of no room type"),
    ],
)
def test_what_a_part_belongs_to_must_be_there(stocked: Session, part: store.Part, missing: str) -> None:
    with pytest.raises(NotFound, match=missing):
        store.add(stocked, part)


def test_of_two_changes_of_one_revision_the_first_counts(stocked: Session) -> None:
    changed = replace(hotel(stars=1), revision=2)
    store.put(stocked, changed)
    with pytest.raises(EtagMismatch, match=SACHER):
        store.put(stocked, replace(hotel(stars=2), revision=2))
    assert store.hotel(stocked, SACHER).stars == 1


def test_pages_go_by_name(stocked: Session) -> None:
    for room_id in ("single", "suite", "attic"):
        store.add(stocked, room_type(room_id))
    first = store.room_types(stocked, SACHER, after=None, limit=3)
    rest = store.room_types(stocked, SACHER, after=first[-1].name, limit=3)
    assert [part.name.rpartition("/")[2] for part in (*first, *rest)] == ["attic", "double", "single", "suite"]


def test_pages_of_a_hotel_that_is_not_there_are_not_empty_but_missing(session: Session) -> None:
    with pytest.raises(NotFound, match="hotels/none"):
        store.rate_plans(session, "hotels/none", after=None, limit=3)
