"""What guests are written about their bookings."""

from __future__ import annotations

from datetime import timedelta

import grpc
import pytest

from chassis.dates import from_timestamp
from innkeeper.booking.v1 import booking_pb2
from innkeeper.notifications.v1.mails_pb2 import Mail
from innkeeper.users.v1 import users_pb2
from tests.service.booking.desk import Desk, key
from tests.service.notifications.letters.mailroom import Mailroom, MovableClock


async def book_in(desk: Desk, language: str, **stay: int) -> booking_pb2.Booking:
    """A booking of a guest who reads that language."""
    request = desk.order(await desk.quote(**stay))
    request.lead_guest.language_code = language
    return await desk.stub.CreateBooking(request)


@pytest.mark.parametrize(
    ("language", "subject", "total"),
    [
        pytest.param("en", "Confirmed: Sacher", "220.00", id="en"),
        pytest.param("zh-CN", "预订已确认：Sacher", "220.00", id="zh"),
        pytest.param("pt-BR", "Reserva confirmada: Sacher", "220,00", id="pt"),
    ],
)
async def test_a_confirmation_has_two_papers_with_what_was_paid(
    desk: Desk, mailroom: Mailroom, language: str, subject: str, total: str
) -> None:
    booked = await book_in(desk, language)
    letter = await mailroom.letter(booked.name, "booking-confirmed")
    assert letter.to == "ada@example.com"
    assert letter.subject.startswith(subject)
    assert booked.confirmation_code in letter.text
    assert total in letter.text
    assert (await desk.balances())["bank"] == 220
    papers = letter.papers
    assert papers.keys() == {"confirmation", "receipt"}
    for paper in papers.values():
        assert total in paper.replace("\xa0", " ")
        assert booked.confirmation_code in paper


async def test_the_users_language_counts_where_the_guest_says_none(desk: Desk, mailroom: Mailroom) -> None:
    await mailroom.sign_up("users/ada", language_code="pt")
    booked = await desk.book()
    assert (await mailroom.letter(booked.name, "booking-confirmed")).subject.startswith("Reserva confirmada")
    assert (await mailroom.letter("users/ada", "welcome")).subject == "Boas-vindas ao Innkeeper"


async def test_a_cancellation_says_what_went_back_and_has_the_receipt_of_it(desk: Desk, mailroom: Mailroom) -> None:
    booked = await desk.book()
    await mailroom.ended(booked.name, "booking-confirmed")
    await desk.cancel(booked.name)
    letter = await mailroom.letter(booked.name, "booking-cancelled")
    assert "We gave 220.00\xa0EUR back to your card" in letter.text
    assert letter.papers.keys() == {"receipt"}
    assert (await desk.balances())["bank"] == 0


async def test_who_cannot_pay_hears_that_nothing_was_charged(desk: Desk, mailroom: Mailroom) -> None:
    with pytest.raises(grpc.aio.AioRpcError):
        await desk.book("tok_decline")
    await desk.running.settled()
    mails = {mail.kind: mail for mail in await mailroom.all_mails()}
    letter = await mailroom.letter(mails["booking-failed"].subject, "booking-failed")
    assert "your bank refused the payment of 220.00\xa0EUR" in letter.text
    assert "nothing was charged" in letter.text
    assert letter.papers == {}
    assert "hotel-booked" not in mails


async def test_a_booking_that_is_called_off_before_its_mail_is_sent_is_not_confirmed_any_more(
    desk: Desk, mailroom: Mailroom, clock: MovableClock
) -> None:
    clock.ahead = -timedelta(minutes=1)  # so that nothing is due yet
    booked = await desk.book()
    await desk.cancel(booked.name)
    await desk.running.settled()
    clock.ahead = timedelta()
    assert (await mailroom.ended(booked.name, "booking-confirmed")).state == Mail.STATE_NOT_NEEDED
    assert (await mailroom.ended(booked.name, "booking-cancelled")).state == Mail.STATE_SENT
    assert (await mailroom.ended(booked.name, "hotel-booked")).state == Mail.STATE_NOT_NEEDED
    assert (await mailroom.ended(booked.name, "hotel-cancelled")).state == Mail.STATE_NOT_NEEDED


async def test_a_reminder_comes_some_mornings_before_and_can_be_done_without(
    desk: Desk, mailroom: Mailroom, clock: MovableClock
) -> None:
    booked = await desk.book(ahead=30)
    await desk.running.settled()
    clock.ahead = timedelta(hours=2)
    waiting = await mailroom.put_off(booked.name, "reminder", beyond=clock() + timedelta(days=1))
    due = from_timestamp(waiting.next_attempt_time)
    clock.ahead = timedelta(days=20)
    assert (await mailroom.mails(booked.name))["reminder"].state == Mail.STATE_QUEUED
    clock.ahead = timedelta(days=28)
    letter = await mailroom.letter(booked.name, "reminder")
    assert letter.subject.startswith("Soon: Sacher")
    assert "No reminders any more: http" in letter.text
    assert letter.message["List-Unsubscribe"]
    assert desk.today() + timedelta(days=27) == due.date()


async def test_who_books_at_short_notice_is_not_reminded(desk: Desk, mailroom: Mailroom, clock: MovableClock) -> None:
    booked = await desk.book(ahead=2)
    await desk.running.settled()
    clock.ahead = timedelta(hours=2)
    assert (await mailroom.ended(booked.name, "reminder")).state == Mail.STATE_NOT_NEEDED


async def test_an_account_is_welcomed_once(mailroom: Mailroom) -> None:
    made = await mailroom.sign_up("users/ada")
    letter = await mailroom.letter("users/ada", "welcome")
    assert letter.to == "ada@example.org"
    assert letter.text.startswith("Dear Ada,\n")
    changed = users_pb2.User(name=made.name, family_name="Lovelace")
    await mailroom.users("users/ada").UpdateUser(users_pb2.UpdateUserRequest(user=changed, request_id=key()))
    await mailroom.running.settled()
    assert len(list(mailroom.directory.glob("*.eml"))) == 1


async def test_who_is_deleted_before_the_mail_is_sent_gets_none(
    desk: Desk, mailroom: Mailroom, clock: MovableClock
) -> None:
    await mailroom.sign_up("users/ada")
    await mailroom.ended("users/ada", "welcome")
    clock.ahead = -timedelta(minutes=1)
    booked = await desk.book()
    await desk.running.settled()
    assert "booking-confirmed" in await mailroom.mails(booked.name)
    await mailroom.users("users/ada").DeleteUser(users_pb2.DeleteUserRequest(name="users/ada", request_id=key()))
    await desk.running.settled()
    assert await mailroom.mails(booked.name) == {}
    assert list(mailroom.directory.glob("*.eml")) == []
