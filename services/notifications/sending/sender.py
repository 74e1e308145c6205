"""Whom mails are from, and what each has for that."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Final, Self

from chassis.settings import Settings
from chassis.start_error import StartError
from services.notifications.mail import Mail
from services.notifications.sending.envelope import BadRecipient, Sealed, addressed, sealed
from services.notifications.unsubscribing.token import UnsubscribeTokens

NOBODY: Final = "Innkeeper <innkeeper@localhost>"
"""Whom mails are from that go to the mailbox directory, where nobody says otherwise."""


class Sender:
    """Seals mails.

    Args:
        name, address: Whom they are from.
        tokens: Make the links to unsubscribe.
    """

    def __init__(self, name: str, address: str, tokens: UnsubscribeTokens) -> None:
        self._address = addressed(name, address)
        self._tokens = tokens

    @classmethod
    def of(cls, settings: Settings, tokens: UnsubscribeTokens) -> Self:
        """The sender that the settings name. Raises StartError."""
        if settings.smtp_url and not settings.mail_from:
            raise StartError("INNKEEPER_MAIL_FROM: with INNKEEPER_SMTP_URL, must say whom mails are from")
        given = settings.mail_from or NOBODY
        name, _, address = given.rpartition("<")
        try:
            if not address.rpartition("@")[0].isascii():
                raise BadRecipient  # which every server would have to know SMTPUTF8 for
            return cls(name, address.removesuffix(">"), tokens)
        except BadRecipient:
            raise StartError(f"INNKEEPER_MAIL_FROM={given}: holds no address that mails can be from") from None

    @property
    def domain(self) -> str:
        """The domain of the address."""
        return str(self._address.domain)

    def seal(self, message: EmailMessage, mail: Mail) -> Sealed:
        """The mail as it goes out. Raises BadRecipient."""
        url = "" if mail.topic is None else self._tokens.url(mail.subscriber, mail.topic)
        return sealed(message, mail, self._address, url)
