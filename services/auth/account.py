"""An account: what a person signs in with, and how often its password may be guessed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from chassis.refusal import Refusal
from services.auth.credentials import WrongCredentials

MOST_WRONG_ATTEMPTS: Final = 10
ATTEMPT_WINDOW: Final = timedelta(minutes=1)


class AccountExists(Refusal):
    """There is an account with that e-mail address already."""

    reason = "ACCOUNT_EXISTS"


class TooManyAttempts(Refusal):
    """Too many wrong passwords for one account within the window."""

    reason = "TOO_MANY_ATTEMPTS"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordCheck:
    """How the comparison of a password with the hash of an account went.

    `fresh_hash` is a hash of the same right password by today's parameters, where the account's is by older ones.
    """

    against: str
    right: bool
    fresh_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a person signs in with. `wrong_attempts` are the times of the latest wrong passwords, oldest first."""

    name: str
    user: str
    email: str
    password_hash: str = field(repr=False)
    create_time: datetime
    wrong_attempts: tuple[datetime, ...] = ()

    @classmethod
    def create(cls, *, email: str, password_hash: str, now: datetime) -> Account:
        """A new account for a new user."""
        unique = uuid4()
        return cls(
            name=f"accounts/{unique}",
            user=f"users/{unique}",
            email=email,
            password_hash=password_hash,
            create_time=now,
        )

    def admit(self, check: PasswordCheck, now: datetime) -> Account:
        """The account as it is after a right password. Raises TooManyAttempts, WrongCredentials.

        A check against a hash that the account no longer has proves nothing.
        """
        self._check_attempts(now)
        if not check.right or check.against != self.password_hash:
            raise WrongCredentials("no account has this e-mail address and password")
        return replace(self, password_hash=check.fresh_hash or self.password_hash)

    def count_wrong_attempt(self, now: datetime) -> Account:
        """The account as it is after a wrong password. Raises TooManyAttempts where that was one too many.

        Guesses that were made side by side are told apart only here, so no more of them than the limit get an answer.
        """
        self._check_attempts(now)
        return replace(self, wrong_attempts=(*self._recent(now), now))

    def is_locked(self, now: datetime) -> bool:
        """Whether the window is full of wrong passwords, so that not even the right one is let in."""
        return len(self._recent(now)) >= MOST_WRONG_ATTEMPTS

    def with_password(self, password_hash: str) -> Account:
        """The account with another password."""
        return replace(self, password_hash=password_hash)

    def _check_attempts(self, now: datetime) -> None:
        if self.is_locked(now):
            free = self._recent(now)[-MOST_WRONG_ATTEMPTS] + ATTEMPT_WINDOW
            wait = (free - now).total_seconds()
            raise TooManyAttempts("too many wrong passwords: wait, then try again", retry_after=wait)

    def _recent(self, now: datetime) -> tuple[datetime, ...]:
        return tuple(attempt for attempt in self.wrong_attempts if attempt > now - ATTEMPT_WINDOW)
