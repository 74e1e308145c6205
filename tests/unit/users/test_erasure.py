"""How far an erasure is, as the services tell it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.users.erasure import SLACK, Erasure, last_token_expired

DELETED = datetime(2027, 3, 1, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return DELETED + timedelta(seconds=seconds)


def begun() -> Erasure:
    return Erasure.begin("users/ada", ["auth", "booking"], DELETED)


def test_it_is_done_when_the_last_service_is() -> None:
    half = begun().told("auth", last=False, at=after(1))
    assert half.services["auth"].is_done
    assert half.done_time is None
    assert half.told("booking", last=False, at=after(2)).done_time == after(2)


def test_whoever_is_heard_last_need_not_have_been_done_last() -> None:
    done = begun().told("auth", last=False, at=after(600)).told("booking", last=False, at=after(1))
    assert done.done_time == after(600)


def test_a_service_that_tells_again_does_not_change_when_it_was_done() -> None:
    done = begun().told("auth", last=False, at=after(1)).told("booking", last=False, at=after(2))
    again = done.told("auth", last=True, at=after(900))
    assert again.done_time == after(2)
    assert (again.services["auth"].erase_time, again.services["auth"].last_time) == (after(1), after(900))
    assert again.services["booking"].last_time is None


def test_a_service_that_was_not_there_at_the_time_is_heard_as_well() -> None:
    assert set(begun().told("loyalty", last=False, at=after(1)).services) == {"auth", "booking", "loyalty"}


def test_again_is_from_the_beginning_and_of_the_services_of_today() -> None:
    done = begun().told("auth", last=True, at=after(1)).told("booking", last=True, at=after(1))
    assert done.again(["auth", "loyalty"]) == Erasure.begin("users/ada", ["auth", "loyalty"], DELETED)


def test_tokens_have_run_out_their_life_and_a_slack_after_all_were_done() -> None:
    life = timedelta(minutes=15)
    assert last_token_expired(DELETED + life + SLACK, life) == DELETED
