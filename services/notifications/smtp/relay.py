"""The mail server that takes our mails and sends them on."""

from __future__ import annotations

from pathlib import Path

from aiosmtplib import SMTPException

from services.notifications.envelope import Sealed
from services.notifications.mail import Mail
from services.notifications.smtp.answers import meaning
from services.notifications.smtp.connections import Connections
from services.notifications.smtp.place import Place


class Relay:
    """A `Transport` by SMTP.

    Args:
        place: The server.
        ca_file: Certificates to verify it by; None for the system's.
        name: How this side calls itself.
    """

    def __init__(self, place: Place, ca_file: Path | None, name: str) -> None:
        self._connections = Connections(place, place.tls(ca_file), name)

    async def deliver(self, mail: Mail, sealed: Sealed) -> None:
        """Returns when the server has taken the mail. Raises Refused, PutOff, Lost, Unreachable."""
        options = ["SMTPUTF8", "BODY=8BITMIME"] if sealed.needs_utf8 else []
        try:
            async with self._connections.lent() as connection:
                await connection.sendmail(sealed.sender, [sealed.recipient], sealed.content, mail_options=options)
        except (OSError, SMTPException, ValueError) as error:
            raise meaning(error) from None

    async def withdraw(self, mail: Mail) -> None:
        """Nothing: what a server has taken it keeps."""

    async def probe(self) -> None:
        """Connects, and so learns whether the server is there and knows us. Raises Unreachable."""
        async with self._connections.lent():
            pass

    async def close(self) -> None:
        """Ends the connections."""
        await self._connections.close()
