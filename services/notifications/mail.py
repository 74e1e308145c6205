"""A mail to one recipient because of one event: how far it is, and when it is tried again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from chassis.refusal import Refusal

FIRST_WAIT: Final = timedelta(seconds=5)
WAIT_FACTOR: Final = 3
LONGEST_WAIT: Final = timedelta(hours=1)
JITTER: Final = 0.25
"""By how much of itself a wait is longer at most: mails that failed together do not all come again at once."""


class State(StrEnum):
    """How far a mail has come."""

    QUEUED = "QUEUED"
    """To be sent when its time comes."""

    SENT = "SENT"
    """The mail server has taken it, or it lies in the mailbox directory."""

    FAILED = "FAILED"
    """It was refused for good, or could not be sent for as long as it is tried."""

    SUPPRESSED = "SUPPRESSED"
    """It was held back: its address takes no mail, or the recipient has unsubscribed."""

    NOT_NEEDED = "NOT_NEEDED"
    """When it was due there was nothing to tell any more."""


class Topic(StrEnum):
    """What mails that can be done without are about: recipients can unsubscribe from them."""

    REMINDERS = "reminders"


class MailStateConflict(Refusal):
    """The mail is in a state in which this can not be done."""

    reason = "MAIL_STATE_CONFLICT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Says whom it is for and what it is about; what it says, and its address, are asked for when it is sent."""

    name: str
    kind: str
    """What it tells, such as `booking-confirmed`: up to 40 small letters, digits and hyphens."""

    event: str
    """The id of the event that it is sent for."""

    recipient: str
    """Whose address it goes to: `users/…`, the guest of `bookings/…`, or `hotels/…`."""

    user: str
    """The user whose data it has in it, with whom it is erased; empty where it has nobody's."""

    subject: str
    """The resource that it is about."""

    topic: Topic | None
    """None of what the recipient has to be told, whether wanted or not."""

    message_id: str
    due_time: datetime
    """When it is to be sent; the date that it has."""

    create_time: datetime
    next_attempt_time: datetime
    state: State = State.QUEUED
    attempts: int = 0
    failure: str = ""
    end_time: datetime | None = None

    @classmethod
    def queue(
        cls,
        *,
        kind: str,
        event: str,
        recipient: str,
        user: str,
        subject: str,
        due_time: datetime,
        now: datetime,
        domain: str,
        topic: Topic | None = None,
    ) -> Mail:
        """A mail that is to be sent at `due_time`, which is the event's own time where that is at once.

        `domain` is that of the sender, for the `Message-ID`.
        """
        key = key_of(event, recipient, kind)
        return cls(
            name=f"mails/{key}",
            kind=kind,
            event=event,
            recipient=recipient,
            user=user,
            subject=subject,
            topic=topic,
            message_id=f"<{key}@{domain}>",
            due_time=due_time,
            create_time=now,
            next_attempt_time=due_time,
        )

    @property
    def key(self) -> str:
        """32 hexadecimal digits that stand for event, recipient and kind."""
        return self.name.removeprefix("mails/")

    @property
    def subscriber(self) -> str:
        """Who can unsubscribe from its topic: the user. Where a program has booked, such as an agency's, that is the
        recipient alone: one guest does not speak for all of them."""
        return self.user if self.user.startswith("users/") else self.recipient

    def sent(self, now: datetime) -> Mail:
        """The mail, which is on its way."""
        return replace(self, state=State.SENT, attempts=self.attempts + 1, failure="", end_time=now)

    def failed(self, failure: str, now: datetime) -> Mail:
        """The mail, which nobody will take."""
        return replace(self, state=State.FAILED, attempts=self.attempts + 1, failure=failure, end_time=now)

    def suppressed(self, failure: str, now: datetime) -> Mail:
        """The mail, which is held back."""
        return replace(self, state=State.SUPPRESSED, failure=failure, end_time=now)

    def not_needed(self, now: datetime) -> Mail:
        """The mail, which has nothing to tell any more."""
        return replace(self, state=State.NOT_NEEDED, failure="", end_time=now)

    def put_off(self, failure: str, now: datetime, *, within: timedelta) -> Mail:
        """The mail after a try that went wrong for now: tried again later, or failed where it has been tried for as
        long as `within` says."""
        if self._is_late(now, within):
            return self.failed(failure, now)
        attempts = self.attempts + 1
        again = now + wait_after(attempts, self.key)
        return replace(self, attempts=attempts, failure=failure, next_attempt_time=again)

    def waits(self, failure: str, until: datetime, now: datetime, *, within: timedelta) -> Mail:
        """The mail, which waits with others of its kind until something is back. No try of its own, but not for
        longer than one that is tried."""
        if self._is_late(now, within):
            return self.failed(failure, now)
        return replace(self, failure=failure, next_attempt_time=until)

    def returned(self, failure: str, now: datetime) -> Mail:
        """The mail, which nobody could take, no more than any other: it waits for as long as that lasts."""
        return replace(self, failure=failure, next_attempt_time=now)

    def postponed(self, until: datetime) -> Mail:
        """The mail, which is due later than was known."""
        return replace(self, due_time=until, next_attempt_time=until)

    def retry(self, now: datetime) -> Mail:
        """The mail, which is sent after all: it is tried for as long as a new one. Raises MailStateConflict."""
        if self.state not in (State.FAILED, State.SUPPRESSED):
            raise MailStateConflict(f"{self.name} is {self.state}: only what failed is sent again", state=self.state)
        return replace(self, state=State.QUEUED, attempts=0, create_time=now, next_attempt_time=now, end_time=None)

    def _is_late(self, now: datetime, within: timedelta) -> bool:
        return now >= max(self.due_time, self.create_time) + within


def key_of(event: str, recipient: str, kind: str) -> str:
    """The same for the same three: what makes a mail one that was sent already."""
    return blake2b("\n".join((event, recipient, kind)).encode(), digest_size=16).hexdigest()


def wait_after(attempts: int, key: str) -> timedelta:
    """How long to wait after so many tries: 5 s, 15 s, 45 s … an hour; up to a quarter longer, as the key has it."""
    wait: timedelta = min(FIRST_WAIT * WAIT_FACTOR ** min(attempts - 1, 8), LONGEST_WAIT)
    spread = blake2b(f"{key}{attempts}".encode(), digest_size=4).digest()
    return wait * (1 + JITTER * int.from_bytes(spread, "big") / 2**32)
