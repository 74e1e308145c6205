"""What the record of a person lets in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.refusal import InvalidField, NotAllowed
from services.users.user import Membership, Profile, User, birthday, completed_years, name_for

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
ADA = Profile(
    given_name="Ada",
    family_name="Lovelace",
    birth_date=date(1990, 12, 10),
    email="ada@example.org",
    membership=Membership.NONE,
)


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        pytest.param(date(1990, 12, 10), date(2027, 12, 9), 36, id="the-day-before-the-birthday"),
        pytest.param(date(1990, 12, 10), date(2027, 12, 10), 37, id="the-birthday"),
        pytest.param(date(2027, 2, 28), date(2027, 3, 1), 0, id="a-newborn"),
        pytest.param(date(2000, 2, 29), date(2028, 2, 28), 27, id="born-on-29-february-the-day-before"),
        pytest.param(date(2000, 2, 29), date(2028, 2, 29), 28, id="born-on-29-february-in-a-leap-year"),
        pytest.param(date(2000, 2, 29), date(2027, 2, 28), 26, id="born-on-29-february-the-year-is-not-complete"),
        pytest.param(date(2000, 2, 29), date(2027, 3, 1), 27, id="born-on-29-february-the-year-is-complete"),
        pytest.param(date(2000, 2, 29), date(2100, 3, 1), 100, id="no-leap-year-at-the-turn-of-the-century"),
    ],
)
def test_age_is_in_completed_years(born: date, on: date, years: int) -> None:
    assert completed_years(born, on) == years


@given(born=st.dates(date(1890, 1, 1), date(2100, 1, 1)), days=st.integers(0, 60_000))
def test_age_is_that_of_the_last_birthday(born: date, days: int) -> None:
    on = born + timedelta(days=days)
    age = completed_years(born, on)
    assert birthday(born, age) <= on < birthday(born, age + 1)


def test_without_a_birth_date_there_is_no_age() -> None:
    user = User.create("users/ada", replace(ADA, birth_date=None), now=NOW, by_staff=False)
    assert user.age(NOW.date()) is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"given_name": ""}, "user.given_name", id="no-given-name"),
        pytest.param({"given_name": " \u2003"}, "user.given_name", id="blank-given-name"),
        pytest.param({"family_name": "  "}, "user.family_name", id="blank-family-name"),
        pytest.param({"email": ""}, "user.email", id="no-address"),
        pytest.param({"birth_date": date(2027, 3, 1)}, "user.birth_date", id="born-today"),
        pytest.param({"birth_date": date(2030, 1, 1)}, "user.birth_date", id="not-born-yet"),
        pytest.param({"birth_date": date(1897, 2, 28)}, "user.birth_date", id="born-130-years-and-a-day-ago"),
        pytest.param({"birth_date": date(1, 1, 1)}, "user.birth_date", id="born-in-the-year-one"),
    ],
)
def test_a_profile_keeps_the_rules(change: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidField) as refusal:
        User.create("users/ada", replace(ADA, **change), now=NOW, by_staff=True)
    assert [violation[0] for violation in refusal.value.violations] == [field]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({}, id="everything-told"),
        pytest.param({"family_name": ""}, id="a-single-name"),
        pytest.param({"birth_date": None}, id="no-birth-date"),
        pytest.param({"birth_date": date(2027, 2, 28)}, id="born-yesterday"),
        pytest.param({"birth_date": date(1897, 3, 1)}, id="born-130-years-ago"),
        pytest.param({"given_name": "李"}, id="one-character"),
    ],
)
def test_a_profile_may_be_like_that(change: dict[str, object]) -> None:
    profile = replace(ADA, **change)
    assert User.create("users/ada", profile, now=NOW, by_staff=False).profile == profile


@pytest.mark.parametrize(
    ("before", "after", "by_staff", "allowed"),
    [
        pytest.param(Membership.NONE, Membership.BASIC, False, True, id="anybody-joins"),
        pytest.param(Membership.BASIC, Membership.NONE, False, True, id="anybody-leaves"),
        pytest.param(Membership.GOLD, Membership.BASIC, False, True, id="anybody-gives-up-a-standing"),
        pytest.param(Membership.NONE, Membership.SILVER, False, False, id="nobody-rises-alone"),
        pytest.param(Membership.BASIC, Membership.GOLD, False, False, id="nobody-rises-alone-from-basic"),
        pytest.param(Membership.GOLD, Membership.SILVER, False, False, id="nobody-chooses-among-earned-standings"),
        pytest.param(Membership.NONE, Membership.GOLD, True, True, id="staff-raises"),
        pytest.param(Membership.GOLD, Membership.SILVER, True, True, id="staff-lowers"),
    ],
)
def test_only_staff_raises_a_membership(before: Membership, after: Membership, by_staff: bool, allowed: bool) -> None:
    user = User.create("users/ada", replace(ADA, membership=before), now=NOW, by_staff=True)
    wanted = replace(ADA, membership=after)
    if allowed:
        assert user.change(wanted, now=NOW, by_staff=by_staff).profile.membership == after
    else:
        with pytest.raises(NotAllowed):
            user.change(wanted, now=NOW, by_staff=by_staff)


def test_a_new_record_has_no_better_standing_than_one_may_choose() -> None:
    with pytest.raises(NotAllowed):
        User.create("users/ada", replace(ADA, membership=Membership.SILVER), now=NOW, by_staff=False)


def test_a_gold_member_changes_the_own_name() -> None:
    gold = replace(ADA, membership=Membership.GOLD)
    user = User.create("users/ada", gold, now=NOW, by_staff=True)
    changed = user.change(replace(gold, given_name="Augusta"), now=NOW, by_staff=False)
    assert changed.profile.membership == Membership.GOLD


def test_a_change_makes_a_new_version() -> None:
    user = User.create("users/ada", ADA, now=NOW, by_staff=False)
    later = NOW + timedelta(hours=1)
    changed = user.change(replace(ADA, given_name="Augusta"), now=later, by_staff=False)
    assert (changed.create_time, changed.update_time) == (NOW, later)
    assert (user.revision, changed.revision) == (1, 2)


def test_a_change_of_nothing_makes_none() -> None:
    user = User.create("users/ada", ADA, now=NOW, by_staff=False)
    assert user.change(ADA, now=NOW + timedelta(hours=1), by_staff=False) is user


@pytest.mark.parametrize(
    ("caller", "user_id", "by_staff", "name"),
    [
        pytest.param("users/ada", "", False, "users/ada", id="the-own-record"),
        pytest.param("users/ada", "ada", False, "users/ada", id="the-own-record-by-name"),
        pytest.param("", "grace", True, "users/grace", id="staff-chooses"),
        pytest.param("users/ada", "grace", True, "users/grace", id="a-user-who-is-staff-chooses"),
    ],
)
def test_whose_record_is_made(caller: str, user_id: str, by_staff: bool, name: str) -> None:
    assert name_for(caller, user_id, by_staff=by_staff) == name


def test_staff_that_chooses_no_name_gets_a_new_one() -> None:
    assert name_for("", "", by_staff=True) != name_for("", "", by_staff=True)


@pytest.mark.parametrize(
    ("caller", "user_id"),
    [
        pytest.param("users/ada", "grace", id="another-user's-record"),
        pytest.param("", "", id="a-program-without-a-user"),
        pytest.param("", "grace", id="a-program-that-chooses"),
    ],
)
def test_whose_record_is_not_made(caller: str, user_id: str) -> None:
    with pytest.raises(NotAllowed):
        name_for(caller, user_id, by_staff=False)
