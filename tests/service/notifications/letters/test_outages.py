"""What keeps mails waiting keeps no booking, and comes once when it is over. Of crashes see `test_sending.py`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from chassis.events.outbox import record
from chassis.storage.tables import INBOX, RELAYED
from innkeeper.booking.v1 import booking_pb2
from innkeeper.booking.v1.booking_events_pb2 import BookingFailed
from innkeeper.notifications.v1.mails_pb2 import Mail
from tests.conftest import started
from tests.service.booking.desk import Desk
from tests.service.notifications.letters.mailroom import EVERYBODY, Mailroom, MovableClock, by, until


@pytest.mark.parametrize("away", ["documents", "links", "users", "payments"])
async def test_while_a_service_is_away_mails_wait_and_then_come_with_all_that_they_have(
    away: str, tmp_path: Path
) -> None:
    kind = "hotel-booked" if away == "links" else "booking-confirmed"
    clock = MovableClock()
    clock.ahead = -timedelta(minutes=1)  # so that the booking is made while nothing is due yet
    altered = {"notifications": by(clock)}
    async with started(tmp_path, EVERYBODY, altered=altered) as running:
        desk = await Desk(running=running).open()
        await Mailroom(running=running).reach(desk.hotel, "desk@sacher.example")
        booked = await desk.book()
        await running.settled()
    clock.ahead = timedelta()
    there = [name for name in EVERYBODY if name != away]
    async with started(tmp_path, there, altered=altered, elsewhere=[away]) as running:
        mailroom = Mailroom(running=running)
        await mailroom.kept(booked.name, kind, by="no-answer")
        if away != "payments":
            again = await Desk(running=running).book()
            assert again.state == booking_pb2.Booking.STATE_CONFIRMED
    async with started(tmp_path, EVERYBODY, altered=altered) as running:
        mailroom = Mailroom(running=running)
        letter = await mailroom.letter(booked.name, kind)
        assert letter.papers.keys() == ({"confirmation", "receipt"} if kind == "booking-confirmed" else set())
        await running.settled()
        await until_all_are_sent(mailroom)
        files = [path.name for path in mailroom.directory.glob("*.eml")]
        assert len(files) == (2 if away == "payments" else 4)


async def test_an_event_that_comes_twice_makes_one_mail(desk: Desk, mailroom: Mailroom) -> None:
    booked = await desk.book()
    await mailroom.ended(booked.name, "booking-confirmed")
    await mailroom.ended(booked.name, "hotel-booked")
    sent = sorted(path.name for path in mailroom.directory.iterdir())
    bookings, own = desk.running.database("booking"), desk.running.database("notifications")
    await own.write(lambda session: session.execute(delete(INBOX)))
    await bookings.write(lambda session: session.execute(delete(RELAYED)))
    wakes_the_relay = BookingFailed(booking="bookings/none")
    await bookings.write(lambda session: record(session, aggregate="bookings/none", payload=wakes_the_relay))
    await mailroom.ended("bookings/none", "booking-failed")
    taken = await own.read(lambda session: session.scalar(select(func.count()).select_from(INBOX)))
    assert taken == 2, "the event came again"
    assert (await mailroom.mails(booked.name)).keys() == {
        "booking-confirmed",
        "reminder",
        "hotel-booked",
        "hotel-booked-again",
    }
    assert sorted(path.name for path in mailroom.directory.iterdir()) == sent


async def until_all_are_sent(mailroom: Mailroom) -> None:
    async def look() -> bool | None:
        mails = await mailroom.all_mails()
        waiting = [mail for mail in mails if mail.state == Mail.STATE_QUEUED and "again" not in mail.kind]
        return True if all(mail.kind == "reminder" for mail in waiting) else None

    await until(look)
