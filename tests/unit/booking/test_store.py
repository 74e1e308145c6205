"""What is stored comes back, and one instance at a time sees to a booking."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from chassis.refusal import NotFound
from chassis.storage.database import Database
from services.booking import store
from services.booking.booking import Booking, PaymentState, State
from services.booking.steps import Progress, Step
from services.booking.store import LEASE, LOOK_AGAIN, Standing
from tests.unit.booking.examples import NOW, booking, payment

AUTHORISE = Progress(step=Step.AUTHORISE, card_token="tok_success")
AGAIN = replace(AUTHORISE, attempts=3)


async def begun(database: Database, progress: Progress = AUTHORISE, *, holder: str = "me") -> Standing:
    """A booking whose next step that instance has in hand."""

    def work(session: Session) -> Standing:
        store.add(session, booking())
        return store.proceed(session, booking(), progress, holder=holder, now=NOW)

    return await database.write(work)


async def found(database: Database) -> Standing:
    return await database.read(lambda session: store.standing(session, "bookings/b"))


async def test_a_booking_comes_back_as_it_was_stored(database: Database) -> None:
    changed = replace(
        booking(State.CANCELLED),
        payment=payment(PaymentState.REFUNDED, refunded=300, decline_code="none"),
        confirmation_code="ABCD2345",
        revision=7,
    )
    await begun(database)
    await database.write(lambda session: store.put(session, changed))
    assert await database.read(lambda session: store.get(session, changed.name)) == changed
    assert (await found(database)).booking == changed


async def test_a_booking_that_is_not_there(database: Database) -> None:
    with pytest.raises(NotFound):
        await database.read(lambda session: store.get(session, "bookings/nowhere"))
    with pytest.raises(NotFound):
        await database.read(lambda session: store.standing(session, "bookings/nowhere"))


@pytest.mark.parametrize(
    "progress",
    [
        pytest.param(AUTHORISE, id="in hand"),
        pytest.param(AGAIN, id="paused"),
        pytest.param(Progress(step=Step.DONE), id="done"),
    ],
)
async def test_how_far_a_booking_is_comes_back_as_it_was_stored(database: Database, progress: Progress) -> None:
    assert await begun(database, progress) == await found(database)


@pytest.mark.parametrize(
    ("progress", "holder", "seconds", "is_due", "pause"),
    [
        pytest.param(AUTHORISE, "me", 0, False, 0, id="mine"),
        pytest.param(AUTHORISE, "another", 0, False, LOOK_AGAIN, id="another's"),
        pytest.param(AUTHORISE, "another", LEASE.total_seconds(), True, 0, id="another's who is gone"),
        pytest.param(AGAIN, "me", 1, False, 3, id="a pause"),
        pytest.param(AGAIN, "me", 4, True, 0, id="after the pause"),
        pytest.param(Progress(step=Step.DONE), "me", 1000, False, 0, id="done"),
    ],
)
async def test_who_may_go_on_and_when(
    database: Database, progress: Progress, holder: str, seconds: float, is_due: bool, pause: float
) -> None:
    standing, now = await begun(database, progress, holder=holder), NOW + timedelta(seconds=seconds)
    assert (standing.is_due(now), standing.pause("me", now)) == (is_due, pause)
    due = await database.read(lambda session: store.due(session, now=now, limit=10))
    assert due == (["bookings/b"] if is_due else [])


async def test_a_due_step_becomes_one_instances(database: Database) -> None:
    await begun(database, holder="gone")
    later = NOW + LEASE
    for holder in ("first", "second"):
        await database.write(
            lambda session, holder=holder: store.claim(session, "bookings/b", holder=holder, now=later)
        )
    standing = await found(database)
    assert (standing.holder, standing.due_time) == ("first", later + LEASE)


async def test_what_is_done_is_nobodys(database: Database) -> None:
    await begun(database, Progress(step=Step.DONE))
    await database.write(lambda session: store.claim(session, "bookings/b", holder="me", now=NOW + LEASE))
    assert (await found(database)).due_time is None


async def test_the_longest_due_come_first(database: Database) -> None:
    def work(session: Session) -> None:
        for number in (2, 0, 1):
            one = booking(name=f"bookings/{number}")
            store.add(session, one)
            store.proceed(session, one, AUTHORISE, holder="gone", now=NOW + timedelta(seconds=number))

    await database.write(work)
    due = await database.read(lambda session: store.due(session, now=NOW + 2 * LEASE, limit=2))
    assert due == ["bookings/0", "bookings/1"]


async def test_the_newest_come_first_and_a_page_at_a_time(database: Database) -> None:
    def add(session: Session) -> None:
        for number in range(9):
            made = replace(booking(name=f"bookings/{number}"), user=f"users/{number % 3}")
            store.add(session, replace(made, create_time=NOW + timedelta(seconds=number // 2)))  # two at a time

    async def page(user: str | None, after: Booking | None) -> list[Booking]:
        key = None if after is None else after.name
        return await database.read(lambda session: store.page(session, user=user, after=key, limit=4))

    await database.write(add)
    first = await page(None, None)
    second = await page(None, first[-1])
    third = await page(None, second[-1])
    numbers = [one.name.removeprefix("bookings/") for one in (*first, *second, *third)]
    assert numbers == list("876543210")
    assert [one.name for one in await page("users/1", None)] == ["bookings/7", "bookings/4", "bookings/1"]
