"""What takes mails from here, and how it says that it does not."""

from __future__ import annotations

from typing import Protocol

from services.notifications.mail import Mail
from services.notifications.sending.envelope import Sealed


class Undelivered(Exception):
    """A mail that was not taken.

    Args:
        failure: Why, in a word and the codes of the other side, and with nothing that it wrote: `put-off 451 4.7.1`.
    """

    def __init__(self, failure: str) -> None:
        super().__init__(failure)
        self.failure = failure


class Refused(Undelivered):
    """The mail is not taken, and will not be.

    Args:
        codes: What the server said of the address: `550 5.1.1`. Empty where it was not for the address.
    """

    def __init__(self, failure: str, *, codes: str = "") -> None:
        super().__init__(failure)
        self.codes = codes


class PutOff(Undelivered):
    """The mail may be taken later."""


class Lost(PutOff):
    """Nobody has answered: whether the mail was taken is not known."""


class Unreachable(Undelivered):
    """No mail is taken now, whichever it is."""


class Transport(Protocol):
    """A mail server, or a directory."""

    async def deliver(self, mail: Mail, sealed: Sealed) -> None:
        """Returns when the mail is taken. Raises Refused, PutOff, Lost, Unreachable."""

    async def withdraw(self, mail: Mail) -> None:
        """Takes a mail back that nobody may have any more, where that can be done."""

    async def probe(self) -> None:
        """Returns when mails are taken. Raises Unreachable."""

    async def close(self) -> None:
        """Ends connections."""
