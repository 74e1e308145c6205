"""What makes the mail that is to be sent of one that is queued."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from services.notifications.mail import Mail

if TYPE_CHECKING:
    from email.message import EmailMessage


class OutOfReach(Exception):
    """What the mail needs is not to be had now: the mail waits, and so do others of its kind."""


class Composer(Protocol):
    """Asked when a mail is due, and again whenever it is tried again."""

    async def compose(self, mail: Mail) -> EmailMessage | None:
        """The mail with `To`, `Subject`, bodies and attachments; whoever sends it adds the other headers.

        None where there is nothing to tell any more, or nobody to tell it to. Raises OutOfReach; a call to another
        service that got no answer (UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED) may be raised as it is.
        """
