"""A mail's way: when it is tried again, and when no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from services.notifications.mail import Mail, MailStateConflict, State, Topic, key_of, wait_after
from services.notifications.sending.circuit import LONGEST_PAUSE, Circuit
from services.notifications.unsubscribing.token import UnsubscribeTokenInvalid, UnsubscribeTokens

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAYS = timedelta(days=5)


def mail(event: str = "e-1", recipient: str = "users/ada", kind: str = "greeting", due: datetime = NOW) -> Mail:
    return Mail.queue(
        kind=kind, event=event, recipient=recipient, user="", subject="", due_time=due, now=NOW, domain="h.example"
    )


def test_the_same_mail_has_the_same_name() -> None:
    assert mail() == mail()
    others = [mail(event="e-2"), mail(recipient="users/bob"), mail(kind="farewell"), mail("e-1\nusers/ada", "x", "y")]
    assert len({each.message_id for each in [mail(), *others]}) == 5
    assert mail().message_id == f"<{key_of('e-1', 'users/ada', 'greeting')}@h.example>"


def test_waits_grow_and_differ() -> None:
    waits = [wait_after(attempts, "a").total_seconds() for attempts in range(1, 200)]
    assert all(5 <= wait <= 3600 * 1.25 for wait in waits)
    assert waits[0] < 7
    assert all(later > earlier for earlier, later in pairwise(waits[:6]))
    assert min(waits[7:]) >= 3600
    assert len({wait_after(9, str(key)) for key in range(50)}) == 50, "those that failed together come apart"
    assert sum(waits) > DAYS.total_seconds() > sum(waits[:90]), "some hundred tries in five days"


def test_it_is_tried_for_days_and_no_longer() -> None:
    tried = mail().put_off("put-off 451", NOW, within=DAYS)
    assert (tried.state, tried.attempts) == (State.QUEUED, 1)
    assert tried.next_attempt_time > NOW
    assert tried.put_off("put-off 451", NOW + DAYS, within=DAYS).state is State.FAILED
    assert tried.waits("away", NOW, NOW + DAYS, within=DAYS).state is State.FAILED
    assert tried.returned("away", NOW + DAYS).state is State.QUEUED, "for an outage no mail is to blame"


def test_the_time_for_trying_begins_when_it_is_due() -> None:
    due = NOW + timedelta(days=30)
    assert mail(due=due).put_off("put-off 451", due + DAYS / 2, within=DAYS).state is State.QUEUED


def test_an_old_event_is_tried_as_long_as_a_new_one() -> None:
    assert mail(due=NOW - 2 * DAYS).put_off("put-off 451", NOW, within=DAYS).state is State.QUEUED


@pytest.mark.parametrize("state", State)
def test_what_failed_or_was_held_back_may_be_sent_after_all(state: State) -> None:
    ended = replace(mail(), state=state, attempts=9, end_time=NOW)
    if state in (State.FAILED, State.SUPPRESSED):
        again = ended.retry(NOW + 2 * DAYS)
        assert (again.state, again.attempts, again.end_time) == (State.QUEUED, 0, None)
        assert again.message_id == ended.message_id
        assert again.put_off("put-off 451", NOW + 2 * DAYS, within=DAYS).state is State.QUEUED
    else:
        with pytest.raises(MailStateConflict) as raised:
            ended.retry(NOW)
        assert raised.value.metadata == {"state": state}


def test_a_circuit_lets_one_try_after_each_pause() -> None:
    circuit, now, pauses = Circuit(), NOW, []
    for _ in range(8):
        until = circuit.trip(now)
        assert circuit.trip(now) == until, "those who failed together trip it once"
        assert not circuit.closed
        assert not circuit.lets_one_try(until - timedelta(microseconds=1))
        assert circuit.lets_one_try(until)
        pauses.append((until - now).total_seconds())
        now = until
    assert pauses == [1, 2, 4, 8, 16, 30, 30, LONGEST_PAUSE.total_seconds()]
    circuit.reset()
    assert circuit.closed
    assert circuit.trip(now) - now == timedelta(seconds=1)


TOKENS = UnsubscribeTokens(bytes(32), "https://innkeeper.example")


def test_a_token_says_whose_and_what() -> None:
    token = TOKENS.issue("users/ada", Topic.REMINDERS)
    assert TOKENS.read(token) == ("users/ada", Topic.REMINDERS)
    assert TOKENS.url("users/ada", Topic.REMINDERS) == f"https://innkeeper.example/unsubscribe/{token}"
    assert "." in token
    assert not set(token) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_a_token_that_was_altered() -> None:
    token = TOKENS.issue("users/ada", Topic.REMINDERS)
    other = TOKENS.issue("users/eve", Topic.REMINDERS)
    swapped = f"{other.partition('.')[0]}.{token.partition('.')[2]}"
    elsewhere = UnsubscribeTokens(b"x" * 32, "").issue("users/ada", Topic.REMINDERS)
    broken = [token[:place] + token[place + 1 :] for place in range(len(token))]
    for bad in ("", ".", "a", token + "A", swapped, elsewhere, "é.é", "====", *broken):
        with pytest.raises(UnsubscribeTokenInvalid):
            TOKENS.read(bad)
