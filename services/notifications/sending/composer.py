"""What makes the mail that is to be sent of one that is queued."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from services.notifications.mail import Mail

if TYPE_CHECKING:
    from email.message import EmailMessage

    from chassis.storage.session import Session


class OutOfReach(Exception):
    """What the mail needs is not to be had now: the mail waits, and so do others of its kind."""


class NotYet(Exception):
    """The mail is due later than was known when it was queued: its time comes with what it tells of. No try of its own,
    and nothing that keeps others waiting.

    Args:
        until: When to ask again.
    """

    def __init__(self, until: datetime) -> None:
        super().__init__(f"not before {until:%Y-%m-%d %H:%M:%S}")
        self.until = until


class Composer(Protocol):
    """Asked when a mail is due, and again whenever it is tried again."""

    async def compose(self, mail: Mail) -> EmailMessage | None:
        """The mail with `To`, `Subject`, bodies and attachments; whoever sends it adds the other headers.

        None where there is nothing to tell any more, or nobody to tell it to. Raises OutOfReach, NotYet; a call to
        another service that got no answer (UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED) may be raised as it is.
        """

    def sent(self, session: Session, mail: Mail) -> None:
        """Called in the transaction that notes that the mail was sent, with the mail as it is then."""
