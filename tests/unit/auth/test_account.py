"""How often a password may be guessed, and what proves that somebody knows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.account import Account, PasswordCheck, TooManyAttempts
from services.auth.credentials import WrongCredentials

NOW = datetime(2027, 5, 1, 12, tzinfo=UTC)
ADA = Account.create(email="ada@example.org", password_hash="hash", now=NOW)
RIGHT = PasswordCheck(against="hash", right=True)
WRONG = PasswordCheck(against="hash", right=False)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def guessed_wrong(account: Account, *seconds: float) -> Account:
    for second in seconds:
        account = account.count_wrong_attempt(after(second))
    return account


def test_accounts_are_of_users_of_their_own() -> None:
    other = Account.create(email="ada@example.org", password_hash="hash", now=NOW)
    assert ADA.name != other.name
    assert ADA.user != other.user


def test_the_right_password_lets_in() -> None:
    assert ADA.admit(RIGHT, NOW) == ADA


def test_a_hash_by_older_parameters_is_replaced() -> None:
    check = PasswordCheck(against="hash", right=True, fresh_hash="better")
    assert ADA.admit(check, NOW).password_hash == "better"


@pytest.mark.parametrize(
    "check",
    [
        pytest.param(WRONG, id="wrong"),
        pytest.param(PasswordCheck(against="older", right=True), id="right-before-the-password-changed"),
    ],
)
def test_nothing_else_does(check: PasswordCheck) -> None:
    with pytest.raises(WrongCredentials):
        ADA.admit(check, NOW)


def test_ten_wrong_passwords_within_a_minute_are_answered_and_the_eleventh_is_not() -> None:
    account = guessed_wrong(ADA, *range(10))
    with pytest.raises(TooManyAttempts):
        account.count_wrong_attempt(after(10))


def test_a_locked_account_lets_nobody_in_and_says_for_how_long() -> None:
    account = guessed_wrong(ADA, *range(10))
    with pytest.raises(TooManyAttempts) as refusal:
        account.admit(RIGHT, after(20))
    assert refusal.value.retry_after == 40


def test_who_waits_as_long_as_told_is_let_in() -> None:
    account = guessed_wrong(ADA, *range(10))
    assert account.is_locked(after(59))
    assert not account.is_locked(after(60))
    assert account.admit(RIGHT, after(60)) == account


def test_a_right_password_in_between_makes_no_room_for_more_wrong_ones() -> None:
    account = guessed_wrong(ADA, *range(9)).admit(RIGHT, after(9))
    with pytest.raises(TooManyAttempts):
        guessed_wrong(account, 10, 11)


@given(st.lists(st.floats(0.001, 30), max_size=80))
def test_no_minute_has_more_than_ten_answers(pauses: list[float]) -> None:
    account, at, answered, waits = ADA, 0.0, [], []
    for pause in pauses:
        at += pause
        try:
            account = account.count_wrong_attempt(after(at))
        except TooManyAttempts as refusal:
            waits.append(refusal.retry_after)
        else:
            answered.append(after(at))
    for first in answered:
        assert len([one for one in answered if first <= one < first + timedelta(minutes=1)]) <= 10
    assert all(0 < wait <= 60 for wait in waits)
    assert len(account.wrong_attempts) <= 10
