"""The saga settles every booking, whatever is lost on the way, and whoever dies in between."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

import grpc
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.kit import utc_now
from chassis.storage.database import Database
from chassis.storage.tables import OUTBOX
from services.booking import effects, room_nights, store
from services.booking.booking import Booking, PaymentState, State
from services.booking.charges import Charges
from services.booking.saga import Checkpoint, Saga, unwatched
from services.booking.steps import AFTER_CANCEL, PATIENCE, Progress, Step, first_step
from services.booking.store import LEASE
from services.booking.tables import SAGAS
from tests.unit.booking.examples import NOW, ROOM_TYPE, STAY, booking
from tests.unit.booking.fake_payments import FakePayments, failure

NAME = "bookings/b"
PAUSE = timedelta(minutes=1)


class Crash(Exception):
    """The process is gone."""


@dataclass
class World:
    """A database, a payments service, and a clock that somebody moves."""

    database: Database
    payments: FakePayments
    now: datetime = NOW

    def saga(self, checkpoint: Checkpoint = unwatched) -> Saga:
        """Another instance."""
        return Saga(self.database, Charges(self.payments), lambda: self.now, checkpoint)  # type: ignore[arg-type]

    async def begin(self, saga: Saga, total: int = 30_000) -> None:
        """What `CreateBooking` stores."""
        made = booking(total=total)

        def work(session: Session) -> None:
            progress = Progress(step=first_step(made), card_token="tok_success")
            effects.begin(session, made, units=1)
            store.proceed(session, made, progress, holder=saga.holder, now=self.now)

        await self.database.write(work)

    async def cancel(self, saga: Saga) -> None:
        """What `CancelBooking` stores."""

        def work(session: Session) -> None:
            before = store.get(session, NAME)
            after = before.cancel(self.now)
            effects.change(session, before, after)
            progress = Progress(step=AFTER_CANCEL[before.payment.state])
            store.proceed(session, after, progress, holder=saga.holder, now=self.now)

        await self.database.write(work)

    async def booking(self) -> Booking:
        return await self.database.read(lambda session: store.get(session, NAME))

    async def sold(self) -> set[int]:
        """How many rooms are sold in the nights of the stay; one number where all nights are alike."""
        return set((await self.database.read(lambda session: room_nights.sold(session, ROOM_TYPE, STAY))).values())

    async def events(self) -> Counter[str]:
        def work(session: Session) -> Counter[str]:
            return Counter(name.rpartition(".")[2] for name in session.scalars(select(OUTBOX.c.type)))

        return await self.database.read(work)

    async def card_token(self) -> str | None:
        return await self.database.read(lambda session: session.scalar(select(SAGAS.c.card_token)))


def crashing_at(place: str) -> Checkpoint:
    """The process dies when the saga comes to that place."""

    def checkpoint(reached: str) -> None:
        if reached == place:
            raise Crash

    return checkpoint


async def test_a_booking_is_authorised_confirmed_and_captured(database: Database) -> None:
    world = World(database, FakePayments())
    saga = world.saga()
    await world.begin(saga)
    settled = await saga.settle(NAME, within=5)
    assert (settled.state, settled.payment.state, settled.payment.name) == (
        State.CONFIRMED,
        PaymentState.CAPTURED,
        "payments/p",
    )
    assert world.payments.asked == {"authorise": 1, "capture": 1}
    assert await world.sold() == {1}
    assert await world.events() == {"AvailabilityChanged": 1, "BookingConfirmed": 1}


async def test_a_declined_booking_gives_its_nights_back(database: Database) -> None:
    world = World(database, FakePayments(declines=True))
    saga = world.saga()
    await world.begin(saga)
    settled = await saga.settle(NAME, within=5)
    assert (settled.state, settled.payment.decline_code) == (State.FAILED, "do_not_honor")
    assert await world.sold() == {0}
    assert await world.events() == {"AvailabilityChanged": 2, "BookingFailed": 1}


async def test_a_stay_that_costs_nothing_asks_no_bank(database: Database) -> None:
    world = World(database, FakePayments())
    saga = world.saga()
    await world.begin(saga, total=0)
    assert (await saga.settle(NAME, within=5)).state is State.CONFIRMED
    await world.cancel(saga)
    assert (await saga.settle(NAME, within=5)).state is State.CANCELLED
    assert not world.payments.asked


async def test_a_payment_that_the_contract_does_not_allow_fails_the_booking(database: Database) -> None:
    world = World(database, FakePayments())

    async def refuse() -> None:
        raise failure(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD")

    world.payments.during["authorise"] = refuse
    saga = world.saga()
    await world.begin(saga)
    assert (await saga.settle(NAME, within=5)).state is State.FAILED


PLACES = [f"{when} {step}" for step in ("authorise", "confirm", "capture") for when in ("before", "after")]


@pytest.mark.parametrize("place", [pytest.param(place, id=place.replace(" ", "_")) for place in PLACES])
async def test_after_a_crash_another_instance_goes_on(database: Database, place: str) -> None:
    world = World(database, FakePayments())
    dying, heir = world.saga(crashing_at(place)), world.saga()
    await world.begin(dying)
    with pytest.raises(Crash):
        await dying.settle(NAME, within=5)
    await heir.resume_due()
    world.now += LEASE
    await heir.resume_due()
    settled = await world.booking()
    assert (settled.state, settled.payment.state) == (State.CONFIRMED, PaymentState.CAPTURED)
    assert world.payments.done == {"authorise": 1, "capture": 1}
    assert await world.sold() == {1}
    assert await world.events() == {"AvailabilityChanged": 1, "BookingConfirmed": 1}


@pytest.mark.parametrize("place", [pytest.param(place, id=place.replace(" ", "_")) for place in PLACES])
async def test_who_calls_again_does_not_wait_for_the_instance_that_died(database: Database, place: str) -> None:
    world = World(database, FakePayments())
    dying, heir = world.saga(crashing_at(place)), world.saga()
    await world.begin(dying)
    with pytest.raises(Crash):
        await dying.settle(NAME, within=5)
    settled = await heir.settle(NAME, within=5, again=True)
    assert (settled.state, settled.payment.state) == (State.CONFIRMED, PaymentState.CAPTURED)
    assert world.payments.done == {"authorise": 1, "capture": 1}


async def test_who_calls_again_too_early_books_once(database: Database) -> None:
    world = World(database, FakePayments())
    first, second = world.saga(), world.saga()
    await world.begin(first)
    settled = await asyncio.gather(first.settle(NAME, within=5), second.settle(NAME, within=5, again=True))
    assert [booking.state for booking in settled] == [State.CONFIRMED] * 2
    assert world.payments.done == {"authorise": 1, "capture": 1}
    assert await world.sold() == {1}
    assert await world.events() == {"AvailabilityChanged": 1, "BookingConfirmed": 1}


@pytest.mark.parametrize("place", [pytest.param(f"{when} refund", id=f"{when}_refund") for when in ("before", "after")])
async def test_after_a_crash_another_instance_pays_back(database: Database, place: str) -> None:
    world = World(database, FakePayments())
    dying, heir = world.saga(crashing_at(place)), world.saga()
    await world.begin(dying)
    await dying.settle(NAME, within=5)
    await world.cancel(dying)
    with pytest.raises(Crash):
        await dying.settle(NAME, within=5)
    world.now += LEASE
    await heir.resume_due()
    settled = await world.booking()
    assert (settled.payment.state, settled.payment.refunded) == (PaymentState.REFUNDED, 30_000)
    assert world.payments.done == {"authorise": 1, "capture": 1, "refund": 1}
    assert await world.sold() == {0}
    assert await world.events() == {"AvailabilityChanged": 2, "BookingConfirmed": 1, "BookingCancelled": 1}


@pytest.mark.parametrize("verb", ["authorise", "capture"])
async def test_a_lost_answer_is_asked_for_again_after_a_pause(database: Database, verb: str) -> None:
    world = World(database, FakePayments(verb, verb))
    saga = world.saga()
    await world.begin(saga)
    waiting = await saga.settle(NAME, within=0.2)
    assert waiting.payment.state is not PaymentState.CAPTURED
    for asked in (1, 2):
        await saga.resume_due()
        assert world.payments.asked[verb] == asked
        world.now += PAUSE
        await saga.resume_due()
    assert (await world.booking()).payment.state is PaymentState.CAPTURED
    assert world.payments.done == {"authorise": 1, "capture": 1}


async def test_while_the_bank_is_silent_the_payment_is_unknown(database: Database) -> None:
    world = World(database, FakePayments("authorise"))
    saga = world.saga()
    await world.begin(saga)
    waiting = await saga.settle(NAME, within=0.2)
    assert (waiting.state, waiting.payment.state) == (State.PENDING, PaymentState.UNKNOWN)


async def test_a_call_waits_for_a_second_answer_while_it_has_time(database: Database) -> None:
    world = World(database, FakePayments("authorise"), now=utc_now())
    saga = Saga(database, Charges(world.payments), utc_now)  # type: ignore[arg-type]
    await world.begin(saga)
    assert (await saga.settle(NAME, within=5)).payment.state is PaymentState.CAPTURED


async def test_a_bank_that_is_silent_for_a_day_loses_the_guest(database: Database) -> None:
    world = World(database, FakePayments("authorise", "authorise"))
    saga = world.saga()
    await world.begin(saga)
    await saga.settle(NAME, within=0.2)
    world.now += PATIENCE + PAUSE
    await saga.resume_due()
    settled = await world.booking()
    assert (settled.state, settled.payment.state) == (State.EXPIRED, PaymentState.VOIDED)
    assert world.payments.done == {"authorise": 1, "void": 1}
    assert world.payments.cards == {"tok_success"}
    assert await world.sold() == {0}
    assert await world.events() == {"AvailabilityChanged": 2, "BookingFailed": 1}


async def test_a_card_is_forgotten_once_the_bank_has_answered(database: Database) -> None:
    world = World(database, FakePayments("authorise"))
    saga = world.saga(crashing_at("before confirm"))
    await world.begin(saga)
    await saga.settle(NAME, within=0.2)
    assert await world.card_token() == "tok_success"
    world.now += PAUSE
    with pytest.raises(ExceptionGroup):
        await saga.resume_due()
    assert await world.card_token() == ""


async def test_a_guest_who_cancels_during_the_capture_is_paid_back(database: Database) -> None:
    world = World(database, FakePayments())
    saga = world.saga()
    world.payments.during["capture"] = lambda: world.cancel(saga)
    await world.begin(saga)
    settled = await saga.settle(NAME, within=5)
    assert (settled.state, settled.payment.state) == (State.CANCELLED, PaymentState.REFUNDED)
    assert world.payments.done == {"authorise": 1, "capture": 1, "refund": 1}
    assert await world.sold() == {0}


async def test_a_guest_who_cancels_before_the_capture_is_never_charged(database: Database) -> None:
    world = World(database, FakePayments())
    saga = world.saga(crashing_at("before capture"))
    await world.begin(saga)
    with pytest.raises(Crash):
        await saga.settle(NAME, within=5)
    await world.cancel(saga)
    settled = await world.saga().settle(NAME, within=0.2)
    assert settled.payment.state is PaymentState.AUTHORISED  # another instance has it in hand
    settled = await saga.settle(NAME, within=5)
    assert (settled.state, settled.payment.state) == (State.CANCELLED, PaymentState.VOIDED)
    assert world.payments.done == {"authorise": 1, "void": 1}


async def test_a_capture_whose_answer_was_lost_is_paid_back_and_not_voided(database: Database) -> None:
    world = World(database, FakePayments("capture"))
    saga = world.saga()
    await world.begin(saga)
    async with asyncio.timeout(5):
        while (await saga.settle(NAME, within=0.2)).state is not State.CONFIRMED:
            pass
    await world.cancel(saga)
    settled = await saga.settle(NAME, within=5)
    assert settled.payment.state is PaymentState.REFUNDED
    assert world.payments.done == {"authorise": 1, "capture": 1, "refund": 1}


async def test_money_that_somebody_else_gave_back_is_not_asked_for_again(database: Database) -> None:
    world = World(database, FakePayments())

    async def refuse() -> None:
        raise failure(grpc.StatusCode.FAILED_PRECONDITION, "REFUND_TOO_LARGE")

    world.payments.during["refund"] = refuse
    saga = world.saga()
    await world.begin(saga)
    await saga.settle(NAME, within=5)
    await world.cancel(saga)
    settled = await saga.settle(NAME, within=5)
    assert (settled.payment.state, settled.payment.refunded) == (PaymentState.REFUNDED, 30_000)


async def test_many_callers_are_one_flight(database: Database) -> None:
    world = World(database, FakePayments())
    saga = world.saga()
    await world.begin(saga)
    settled = await asyncio.gather(*(saga.settle(NAME, within=5) for _ in range(20)))
    assert len(set(settled)) == 1
    assert world.payments.asked == {"authorise": 1, "capture": 1}
    assert not saga._flights


async def test_instances_do_not_overtake_each_other(database: Database) -> None:
    world = World(database, FakePayments())
    first, second = world.saga(), world.saga()
    asked = asyncio.Event()

    async def slowly() -> None:
        asked.set()
        await asyncio.sleep(0.05)

    world.payments.during["authorise"] = slowly
    await world.begin(first)
    settling = asyncio.create_task(first.settle(NAME, within=5))
    await asked.wait()
    assert await second.settle(NAME, within=5) == await settling
    assert world.payments.asked == {"authorise": 1, "capture": 1}


@pytest.mark.parametrize("reached", ["before confirm", "before capture", ""])
async def test_an_answer_that_was_overtaken_changes_nothing(database: Database, reached: str) -> None:
    world = World(database, FakePayments())
    slow, fast = world.saga(), world.saga(crashing_at(reached))
    asked, heard = asyncio.Event(), asyncio.Event()

    async def dozing() -> None:
        asked.set()
        await heard.wait()

    world.payments.during["authorise"] = dozing
    await world.begin(slow)
    settling = asyncio.create_task(slow.settle(NAME, within=5))
    await asked.wait()
    world.now += LEASE
    with pytest.raises(Crash) if reached else nullcontext():
        await fast.settle(NAME, within=5)
    before = await world.booking()
    heard.set()
    await asyncio.sleep(0.05)
    assert await world.booking() == before
    world.now += LEASE  # the fast one is gone
    settled = await settling
    assert (settled.state, settled.payment.state) == (State.CONFIRMED, PaymentState.CAPTURED)
    assert world.payments.done == {"authorise": 1, "capture": 1}


async def test_a_booking_whose_caller_hangs_up_goes_on_at_once(database: Database) -> None:
    world = World(database, FakePayments())
    saga = world.saga()
    asked = asyncio.Event()

    async def stuck() -> None:
        asked.set()
        await asyncio.Event().wait()

    world.payments.during["authorise"] = stuck
    await world.begin(saga)
    settling = asyncio.create_task(saga.settle(NAME, within=5))
    await asked.wait()
    settling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await settling
    await saga.resume_due()
    assert (await world.booking()).payment.state is PaymentState.CAPTURED


async def test_one_broken_booking_does_not_stop_the_others(database: Database) -> None:
    world = World(database, FakePayments())
    saga = world.saga(crashing_at("before void"))
    broken = booking(State.EXPIRED, name="bookings/a")
    await world.begin(saga)

    def work(session: Session) -> None:
        store.add(session, broken)
        store.proceed(session, broken, Progress(step=Step.VOID), holder="gone", now=world.now)

    await database.write(work)
    world.now += LEASE
    with pytest.raises(ExceptionGroup):
        await saga.resume_due()
    assert (await world.booking()).payment.state is PaymentState.CAPTURED
