"""Which event asks for which mails."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from services.notifications import occasions
from services.notifications.mail import Topic
from services.notifications.occasions import Asked, Kind

BOOKING, USER, HOTEL = "bookings/b", "users/ada", "hotels/sacher"
NOW = datetime(2027, 4, 1, 12, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


def kinds(asked: Sequence[Asked]) -> dict[str, str]:
    """Whom each goes to."""
    return {mail.kind.value: mail.recipient for mail in asked}


def test_a_confirmed_booking_is_told_to_guest_and_hotel() -> None:
    asked = list(occasions.on_confirmed(BOOKING, USER, HOTEL, notice_after=HALF_AN_HOUR))
    assert kinds(asked) == {
        "booking-confirmed": BOOKING,
        "reminder": BOOKING,
        "hotel-booked": HOTEL,
        "hotel-booked-again": HOTEL,
    }
    assert {mail.subject for mail in asked} == {BOOKING}
    assert {mail.user for mail in asked} == {USER}, "all have the guest's name in them"
    waits = {mail.kind: mail.after for mail in asked}
    assert waits[Kind.BOOKING_CONFIRMED] == waits[Kind.HOTEL_BOOKED] == timedelta()
    assert waits[Kind.HOTEL_BOOKED_AGAIN] == HALF_AN_HOUR


def test_the_reminder_alone_can_be_done_without() -> None:
    asked = [
        *occasions.on_confirmed(BOOKING, USER, HOTEL, notice_after=HALF_AN_HOUR),
        *occasions.on_cancelled(BOOKING, USER, HOTEL),
        *occasions.on_failed(BOOKING, USER),
        *occasions.on_money_moved(BOOKING, USER, waited=timedelta(hours=1)),
        *occasions.on_user(USER),
    ]
    assert {mail.kind: mail.topic for mail in asked if mail.topic is not None} == {Kind.REMINDER: Topic.REMINDERS}
    assert {mail.kind for mail in asked} == set(Kind)


def test_an_event_that_does_not_say_the_hotel_is_told_to_the_guest_alone() -> None:
    asked = list(occasions.on_confirmed(BOOKING, USER, "", notice_after=HALF_AN_HOUR))
    assert kinds(asked) == {"booking-confirmed": BOOKING, "reminder": BOOKING}
    assert kinds(list(occasions.on_cancelled(BOOKING, USER, ""))) == {"booking-cancelled": BOOKING}


def test_a_booking_that_failed_is_not_told_to_the_hotel() -> None:
    assert kinds(list(occasions.on_failed(BOOKING, USER))) == {"booking-failed": BOOKING}


def test_a_user_is_welcomed_once_however_many_events_there_are() -> None:
    first, second = [*occasions.on_user(USER), *occasions.on_user(USER)]
    assert first == second
    assert first.event != next(occasions.on_user("users/grace")).event


@pytest.mark.parametrize(
    ("waited", "asked"),
    [
        pytest.param(timedelta(seconds=1), {}, id="in-time"),
        pytest.param(timedelta(minutes=10), {"receipt": BOOKING}, id="too-late"),
    ],
)
def test_money_that_moves_late_has_a_mail_of_its_own(waited: timedelta, asked: dict[str, str]) -> None:
    assert kinds(list(occasions.on_money_moved(BOOKING, USER, waited=waited))) == asked


@pytest.mark.parametrize(
    ("age", "is_news"),
    [
        pytest.param(timedelta(seconds=-1), True, id="by-a-clock-that-is-ahead"),
        pytest.param(timedelta(), True, id="now"),
        pytest.param(timedelta(days=3), True, id="after-a-weekend"),
        pytest.param(timedelta(days=3, seconds=1), False, id="older"),
        pytest.param(timedelta(days=400), False, id="of-last-year"),
    ],
)
def test_what_is_old_when_it_is_heard_makes_no_mails(age: timedelta, is_news: bool) -> None:
    assert occasions.is_news(NOW - age, NOW) is is_news
