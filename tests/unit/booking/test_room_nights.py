"""The inventory sells each room night once, whatever is asked of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.booking import room_nights
from services.booking.inventory import SoldOut, Stay
from services.booking.tables import METADATA, ROOM_NIGHTS, ROOM_TYPES
from tests.unit.booking.examples import ROOM_TYPE

FIRST = date(2027, 5, 1)


def stay(start: int, nights: int) -> Stay:
    """A stay that begins so many days after the first of May."""
    return Stay(check_in=FIRST + timedelta(days=start), check_out=FIRST + timedelta(days=start + nights))


@contextmanager
def inventory() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def session() -> Iterator[Session]:
    with inventory() as opened:
        yield opened


def counts(session: Session) -> dict[date, tuple[int, int]]:
    """For each night with a row: sold, and units."""
    return {row.night: (row.sold, row.units) for row in session.execute(select(ROOM_NIGHTS))}


def test_a_stay_takes_a_room_for_each_of_its_nights(session: Session) -> None:
    assert room_nights.take(session, ROOM_TYPE, stay(0, 2), units=3) == {FIRST: 1, FIRST + timedelta(days=1): 1}
    assert room_nights.take(session, ROOM_TYPE, stay(1, 1), units=3) == {FIRST + timedelta(days=1): 2}
    assert room_nights.sold(session, ROOM_TYPE, stay(0, 9)) == {FIRST: 1, FIRST + timedelta(days=1): 2}


def test_room_types_do_not_take_each_others_rooms(session: Session) -> None:
    room_nights.take(session, ROOM_TYPE, stay(0, 1), units=1)
    room_nights.take(session, "hotels/sacher/roomTypes/single", stay(0, 1), units=1)
    assert room_nights.sold(session, ROOM_TYPE, stay(0, 1)) == {FIRST: 1}


def test_the_night_that_is_sold_out_is_named(session: Session) -> None:
    room_nights.take(session, ROOM_TYPE, stay(2, 1), units=1)
    with pytest.raises(SoldOut) as raised:
        room_nights.take(session, ROOM_TYPE, stay(0, 5), units=1)
    assert raised.value.metadata == {"night": "2027-05-03"}


def test_a_room_given_back_can_be_sold_again(session: Session) -> None:
    room_nights.take(session, ROOM_TYPE, stay(0, 3), units=1)
    assert room_nights.release(session, ROOM_TYPE, stay(0, 3)) == dict.fromkeys(stay(0, 3).nights, 0)
    room_nights.take(session, ROOM_TYPE, stay(0, 3), units=1)


@pytest.mark.parametrize("sold", [-1, 4], ids=["fewer than none", "more than there are"])
def test_the_database_itself_refuses_what_can_not_be(session: Session, sold: int) -> None:
    session.execute(insert(ROOM_NIGHTS).values(room_type=ROOM_TYPE, night=FIRST, units=3, sold=2))
    with pytest.raises(IntegrityError):
        session.execute(update(ROOM_NIGHTS).values(sold=sold))


def test_what_the_hotel_announced_counts_more_than_an_old_quote(session: Session) -> None:
    room_nights.set_units(session, "hotels/sacher", {ROOM_TYPE: 1})
    room_nights.take(session, ROOM_TYPE, stay(0, 1), units=10)
    with pytest.raises(SoldOut):
        room_nights.take(session, ROOM_TYPE, stay(0, 1), units=10)


def test_fewer_units_than_are_sold_leave_the_night_as_it_is_and_sell_no_more(session: Session) -> None:
    for _ in range(3):
        room_nights.take(session, ROOM_TYPE, stay(0, 1), units=5)
    room_nights.take(session, ROOM_TYPE, stay(1, 1), units=5)
    room_nights.set_units(session, "hotels/sacher", {ROOM_TYPE: 2})
    assert counts(session) == {FIRST: (3, 3), FIRST + timedelta(days=1): (1, 2)}
    with pytest.raises(SoldOut):
        room_nights.take(session, ROOM_TYPE, stay(0, 1), units=5)


def test_more_units_can_be_sold(session: Session) -> None:
    room_nights.take(session, ROOM_TYPE, stay(0, 1), units=1)
    room_nights.set_units(session, "hotels/sacher", {ROOM_TYPE: 2})
    assert room_nights.take(session, ROOM_TYPE, stay(0, 1), units=1) == {FIRST: 2}


def test_a_room_type_that_is_gone_sells_no_more(session: Session) -> None:
    room_nights.set_units(session, "hotels/sacher", {ROOM_TYPE: 2})
    room_nights.set_units(session, "hotels/sacher", {})
    with pytest.raises(SoldOut):
        room_nights.take(session, ROOM_TYPE, stay(0, 1), units=2)


def test_another_hotels_news_change_nothing(session: Session) -> None:
    room_nights.set_units(session, "hotels/sacher", {ROOM_TYPE: 2})
    room_nights.set_units(session, "hotels/imperial", {"hotels/imperial/roomTypes/double": 9})
    known = {row.name: row.units for row in session.execute(select(ROOM_TYPES))}
    assert known == {ROOM_TYPE: 2, "hotels/imperial/roomTypes/double": 9}


@settings(deadline=None)
@given(
    st.integers(1, 3),
    st.lists(
        st.one_of(
            st.tuples(st.just("take"), st.integers(0, 9), st.integers(1, 6)),
            st.tuples(st.just("release"), st.integers(0, 30), st.just(0)),
        ),
        max_size=40,
    ),
)
def test_whatever_comes_and_goes_no_night_is_oversold(units: int, asked: list[tuple[str, int, int]]) -> None:
    """Stays are taken exactly if each of their nights has a room left, by a model that counts on its fingers."""
    taken: list[Stay] = []
    model: Counter[date] = Counter()
    with inventory() as session:
        for what, number, nights in asked:
            if what == "release":
                if taken:
                    gone = taken.pop(number % len(taken))
                    room_nights.release(session, ROOM_TYPE, gone)
                    model.subtract(gone.nights)
                continue
            wanted = stay(number, nights)
            try:
                with session.begin_nested():
                    room_nights.take(session, ROOM_TYPE, wanted, units=units)
                is_taken = True
            except SoldOut:
                is_taken = False
            assert is_taken == all(model[night] < units for night in wanted.nights)
            if is_taken:
                taken.append(wanted)
                model.update(wanted.nights)
            assert all(sold <= units for sold, _ in counts(session).values())
        assert +Counter({night: sold for night, (sold, _) in counts(session).items()}) == +model
