"""A person's record, and the rules that it keeps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import IntEnum
from uuid import uuid4

from chassis.refusal import InvalidField, NotAllowed, Refusal

OLDEST_YEARS = 130
"""Nobody is known to have lived longer than 122 years; the contract leaves some room."""


class EmailTaken(Refusal):
    """Another user has the e-mail address, perhaps in other letter case."""

    reason = "EMAIL_TAKEN"


class Membership(IntEnum):
    """The standing in the loyalty club; a higher number is a better standing."""

    NONE = 0
    BASIC = 1
    """The best that a person may choose without staff."""
    SILVER = 2
    GOLD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a person tells of themselves.

    `family_name` is empty for people with a single name, `language_code` (BCP 47) for those who do not say in which
    language to write to them.
    """

    given_name: str
    family_name: str
    birth_date: date | None
    email: str
    membership: Membership
    language_code: str = ""

    def check(self, today: date) -> None:
        """Raise InvalidField for the first rule that the profile breaks on that day."""
        if not self.given_name.strip():
            raise InvalidField("user.given_name", "must not be blank")
        if self.family_name and not self.family_name.strip():
            raise InvalidField("user.family_name", "must not be blank: leave it empty for a person with one name")
        if not self.email:
            raise InvalidField("user.email", "is required")
        if self.birth_date is not None and self.birth_date >= today:
            raise InvalidField("user.birth_date", "must be in the past")
        if self.birth_date is not None and birthday(self.birth_date, OLDEST_YEARS) < today:
            raise InvalidField("user.birth_date", f"must be at most {OLDEST_YEARS} years ago")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person's record. `revision` counts its versions from 1."""

    name: str
    profile: Profile
    create_time: datetime
    update_time: datetime
    revision: int = 1

    @classmethod
    def create(cls, name: str, profile: Profile, *, now: datetime, by_staff: bool) -> User:
        """A new record. Raises InvalidField, NotAllowed."""
        profile.check(now.astimezone(UTC).date())
        _check_membership(Membership.NONE, profile.membership, by_staff=by_staff)
        return cls(name=name, profile=profile, create_time=now, update_time=now)

    def change(self, profile: Profile, *, now: datetime, by_staff: bool) -> User:
        """The record with another profile, or itself where nothing differs. Raises InvalidField, NotAllowed."""
        if profile == self.profile:
            return self
        profile.check(now.astimezone(UTC).date())
        _check_membership(self.profile.membership, profile.membership, by_staff=by_staff)
        return replace(self, profile=profile, update_time=now, revision=self.revision + 1)

    def age(self, on: date) -> int | None:
        """Years completed on that day; None without a birth date."""
        return None if self.profile.birth_date is None else completed_years(self.profile.birth_date, on)


def name_for(caller: str, user_id: str, *, by_staff: bool) -> str:
    """The name of a new record: the caller's own, and for staff the chosen one or a random one.

    Raises NotAllowed for somebody else's record, and for callers who are nobody's user.
    """
    if by_staff:
        return f"users/{user_id or uuid4()}"
    if not caller:
        raise NotAllowed("a record belongs to a user: call with a user's token, or with the scope admin")
    if user_id and caller != f"users/{user_id}":
        raise NotAllowed(f"{caller} creates the own record only: leave user_id empty")
    return caller


def birthday(born: date, years: int) -> date:
    """The day on which so many years are completed.

    Who was born on 29 February is a year older on 1 March where a year has no 29 February: the year of life is complete
    when 28 February ends (as in sections 187 (2) and 188 (2) of the German Civil Code).
    """
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def completed_years(born: date, on: date) -> int:
    """How many years somebody has completed on that day."""
    years = on.year - born.year
    return years if birthday(born, years) <= on else years - 1


def _check_membership(before: Membership, after: Membership, *, by_staff: bool) -> None:
    if after != before and after > Membership.BASIC and not by_staff:
        raise NotAllowed("a membership above the basic one is earned by nights, and given by staff")
