"""The mail server that takes our mails and sends them on."""

from __future__ import annotations

from pathlib import Path

from aiosmtplib import SMTPException, SMTPSenderRefused

from services.notifications.mail import Mail
from services.notifications.sending.envelope import Sealed
from services.notifications.sending.smtp.answers import codes, meaning
from services.notifications.sending.smtp.connections import Connections
from services.notifications.sending.smtp.place import Place
from services.notifications.sending.transport import PutOff


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
        except SMTPSenderRefused as error:
            if sealed.needs_utf8:  # which is said along with the sender, and may be what is refused: others can go
                raise PutOff(f"put-off {codes(error)}") from None
            raise meaning(error) from None
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
