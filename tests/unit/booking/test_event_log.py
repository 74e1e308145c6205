"""What is logged of bookings, how long it is kept, and where a watch can go on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chassis.feeds.log import ALL, EventNotKept, Feed
from chassis.storage.database import Database
from chassis.storage.session import Session
from services.booking.booking import PaymentState, State
from services.booking.event import EventType, happened
from services.booking.event_log import LOG, of_booking, of_user
from tests.unit.booking.examples import NOW, booking
from tests.unit.booking.happenings import changed, made

OLD, LATER = NOW - timedelta(days=40), NOW
ADA, BOB = of_user("users/ada"), of_user("users/bob")
FIRST, SECOND = of_booking("bookings/first"), of_booking("bookings/second")


def lives(session: Session) -> None:
    """Two bookings of Ada's, one of them quiet for long, and an old one of Bob's."""
    made(session, "bookings/first", at=OLD)  # 1
    made(session, "bookings/second", at=OLD)  # 2
    changed(session, "bookings/first", at=OLD)  # 3
    changed(session, "bookings/second", at=OLD)  # 4
    changed(session, "bookings/second", at=LATER)  # 5
    made(session, "bookings/bobs", user="users/bob", at=OLD)  # 6


async def ids(database: Database, feed: Feed, after: int = 0) -> list[int]:
    """Where a watch can go on, what it brings."""

    def work(session: Session) -> list[int]:
        if after:
            LOG.require_kept(session, feed, after)
        return [event.id for event in LOG.of_feed(session, feed, after, 100)]

    return await database.read(work)


async def forget(database: Database, limit: int = 100) -> int:
    """Forgets what is older than a month, so many at a time; returns how many times that took."""
    times, before = 0, NOW - timedelta(days=30)
    while due := await database.read(lambda session: LOG.outdated(session, before, limit)):
        await database.write(lambda session, due=due: LOG.forget(session, due))
        times += 1
    return times


@pytest.mark.parametrize("limit", [100, 1])
async def test_of_old_events_the_newest_of_each_booking_is_kept(database: Database, limit: int) -> None:
    await database.write(lives)
    assert await ids(database, ALL) == [1, 2, 3, 4, 5, 6]
    assert await forget(database, limit) == (1 if limit == 100 else 3)
    assert await ids(database, ALL) == [3, 5, 6]
    assert [await ids(database, feed) for feed in (ADA, BOB, FIRST, SECOND)] == [[3, 5], [6], [3], [5]]
    assert await forget(database) == 0


@pytest.mark.parametrize(
    ("feed", "after", "rest"),
    [
        pytest.param(FIRST, 1, [3], id="nothing in between"),
        pytest.param(FIRST, 3, [], id="all known"),
        pytest.param(SECOND, 2, None, id="one is gone"),
        pytest.param(SECOND, 4, [5], id="known before it went"),
        pytest.param(ADA, 1, None, id="one of another booking is gone"),
        pytest.param(ADA, 4, [5], id="nothing of any is gone"),
        pytest.param(BOB, 1, [6], id="of another user"),
        pytest.param(BOB, 6, [], id="the newest of all"),
        pytest.param(BOB, 7, None, id="never told"),
        pytest.param(ALL, 2, None, id="of all"),
    ],
)
async def test_a_watch_goes_on_where_nothing_is_left_out(
    database: Database, feed: Feed, after: int, rest: list[int] | None
) -> None:
    await database.write(lives)
    await forget(database)
    if rest is None:
        with pytest.raises(EventNotKept):
            await ids(database, feed, after)
    else:
        assert await ids(database, feed, after) == rest


async def test_a_number_is_not_given_twice(database: Database) -> None:
    await database.write(lives)
    await database.write(lambda session: LOG.forget(session, [(6, "bookings/bobs")]))
    await database.write(lambda session: changed(session, "bookings/bobs"))
    assert (await ids(database, ALL))[-1] == 7


@pytest.mark.parametrize("state", State)
def test_what_has_happened_to_a_booking_in_another_state(state: State) -> None:
    before = booking(State.PENDING)
    told = happened(None if state is State.PENDING else before, booking(state))
    assert told is (EventType.CREATED if state is State.PENDING else EventType[state.name])


def test_what_has_happened_to_a_booking_in_the_same_state() -> None:
    before, after = booking(State.CONFIRMED), booking(State.CONFIRMED, PaymentState.CAPTURED)
    assert happened(before, after) is EventType.PAYMENT_CHANGED
