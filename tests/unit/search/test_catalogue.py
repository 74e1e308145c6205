"""The copy of the catalogue: what it takes in, and which rooms it says are free."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import permutations

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from services.search import catalogue
from services.search.catalogue import Hotel, RoomType
from services.search.geo import Box, Point
from services.search.tables import METADATA

EVERYWHERE = (Box(south=-90, north=90, west=-180, east=180),)
MAY = date(2027, 5, 1)
NAME = "hotels/a"
DOUBLE = f"{NAME}/roomTypes/double"


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def day(number: int) -> date:
    return MAY + timedelta(days=number)


def hotel(name: str = NAME, location: Point = Point(48.2, 16.37)) -> Hotel:  # noqa: B008 - frozen
    return Hotel(name=name, display_name="Zum Beispiel", location=location, time_zone="Europe/Vienna", stars=4)


def double(units: int = 2) -> RoomType:
    return RoomType(name=DOUBLE, capacity=2, units=units)


def free(session: Session, first: int, last: int, guests: int = 2) -> int:
    """How many double rooms are free from one day of May to another."""
    found = catalogue.vacancies(session, EVERYWHERE, check_in=day(first), check_out=day(last), guests=guests)
    return sum(vacancy.free_rooms.get(DOUBLE, 0) for vacancy in found)


@pytest.mark.parametrize(
    ("sold", "first", "last", "expected"),
    [
        pytest.param({}, 0, 3, 2, id="nothing sold"),
        pytest.param({1: 1}, 0, 3, 1, id="one of two sold on a night"),
        pytest.param({0: 1, 2: 1}, 0, 3, 1, id="on two nights"),
        pytest.param({1: 2}, 0, 3, 0, id="full on a night"),
        pytest.param({3: 2}, 0, 3, 2, id="full on the day of departure"),
        pytest.param({0: 2}, 1, 3, 2, id="full on the night before"),
        pytest.param({1: 3}, 0, 3, 0, id="more sold than there are"),
    ],
)
def test_a_room_is_free_when_it_is_every_night(
    session: Session, sold: dict[int, int], first: int, last: int, expected: int
) -> None:
    catalogue.put_hotel(session, hotel(), [double()], 1)
    catalogue.put_sales(session, DOUBLE, {day(number): count for number, count in sold.items()}, 1)
    assert free(session, first, last) == expected


@pytest.mark.parametrize(("guests", "expected"), [(1, 2), (2, 2), (3, 0)])
def test_a_room_must_take_the_guests(session: Session, guests: int, expected: int) -> None:
    catalogue.put_hotel(session, hotel(), [double()], 1)
    assert free(session, 0, 1, guests) == expected


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_events_of_a_hotel_may_come_in_any_order(session: Session, order: tuple[int, ...]) -> None:
    for index in order:
        catalogue.put_hotel(session, hotel(), [double(units=index + 1)], sequence=index + 1)
    assert free(session, 0, 1) == 3


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_events_of_a_night_may_come_in_any_order(session: Session, order: tuple[int, ...]) -> None:
    sales = [{day(0): 1, day(1): 1}, {day(0): 2}, {day(1): 0}]
    catalogue.put_hotel(session, hotel(), [double(units=5)], 1)
    for index in order:
        catalogue.put_sales(session, DOUBLE, sales[index], sequence=index + 1)
    assert (free(session, 0, 1), free(session, 1, 2)) == (3, 5)


def test_sales_may_be_known_before_the_hotel(session: Session) -> None:
    catalogue.put_sales(session, DOUBLE, {day(0): 2}, 1)
    catalogue.put_hotel(session, hotel(), [double()], 1)
    assert free(session, 0, 1) == 0


def test_a_room_type_that_is_gone_is_not_found(session: Session) -> None:
    catalogue.put_hotel(session, hotel(), [double()], 1)
    catalogue.put_hotel(session, hotel(), [], 2)
    assert catalogue.vacancies(session, EVERYWHERE, check_in=day(0), check_out=day(1), guests=1) == []


def test_hotels_are_found_in_all_boxes(session: Session) -> None:
    spots = {"hotels/west": Point(-17, 179.9), "hotels/east": Point(-17, -179.9), "hotels/far": Point(48, 16)}
    for name, location in spots.items():
        room = RoomType(name=f"{name}/roomTypes/double", capacity=2, units=1)
        catalogue.put_hotel(session, hotel(name, location), [room], 1)
    date_line = (Box(south=-18, north=-16, west=179, east=180), Box(south=-18, north=-16, west=-180, east=-179))

    found = catalogue.vacancies(session, date_line, check_in=day(0), check_out=day(1), guests=2)

    assert {vacancy.hotel.name for vacancy in found} == {"hotels/west", "hotels/east"}


def test_past_nights_are_forgotten(session: Session) -> None:
    catalogue.put_hotel(session, hotel(), [double()], 1)
    catalogue.put_sales(session, DOUBLE, {day(0): 2, day(1): 2}, 1)
    catalogue.forget_nights(session, before=day(1))
    assert (free(session, 0, 1), free(session, 1, 2)) == (2, 0)
