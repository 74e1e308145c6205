"""Connections to a mail server: as many as mails are sent at a time, kept for the next ones."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from aiosmtplib import SMTP, SMTPException, SMTPNotSupported, SMTPRecipientsRefused, SMTPResponseException

from services.notifications.sending.smtp.answers import codes
from services.notifications.sending.smtp.place import Place, Protection
from services.notifications.sending.transport import Unreachable

PATIENCE: Final = 60.0
"""Seconds that the server is given for an answer. RFC 5321 section 4.5.3.2 would give it up to ten minutes; whoever
waits for less may send again what was taken, which is the same mail."""

FRESH: Final = 5.0
"""Seconds for which a connection is taken for open without asking."""

IDLE: Final = 60.0
"""Seconds after which a connection that nobody used is not kept."""


class Connections:
    """Opens them as they are needed, and lends each to one mail at a time.

    Args:
        place: The server.
        tls: How its certificate is verified; None without TLS.
        name: How this side calls itself: the domain of the sender.
    """

    def __init__(self, place: Place, tls: ssl.SSLContext | None, name: str) -> None:
        self._place = place
        self._tls = tls
        self._name = name
        self._idle: list[tuple[float, SMTP]] = []

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[SMTP]:
        """A connection that is open. It is kept where the block ends well, or the server has said no in good order.

        Raises Unreachable where there is none to be had.
        """
        connection = await self._open()
        try:
            yield connection
        except (SMTPResponseException, SMTPRecipientsRefused, SMTPNotSupported):
            self._keep(connection)
            raise
        except BaseException:
            connection.close()
            raise
        else:
            self._keep(connection)

    async def close(self) -> None:
        """Takes leave of the server."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(_leave(connection) for _, connection in idle))

    async def _open(self) -> SMTP:
        while self._idle:
            since, connection = self._idle.pop()
            age = time.monotonic() - since
            if age < FRESH or (age < IDLE and await _answers(connection)):
                return connection
            connection.close()
        return await self._connected()

    async def _connected(self) -> SMTP:
        place = self._place
        connection = SMTP(
            hostname=place.host,
            port=place.port,
            username=place.user or None,
            password=place.password or None,
            use_tls=place.protection is Protection.TLS,
            start_tls=place.protection is Protection.STARTTLS,
            tls_context=self._tls,
            local_hostname=self._name,
            timeout=PATIENCE,
        )
        try:
            await connection.connect()
        except (OSError, SMTPException, ValueError) as error:
            connection.close()
            raise Unreachable(_why(error)) from None  # what it was tried with has the password in it
        except BaseException:
            connection.close()
            raise
        return connection

    def _keep(self, connection: SMTP) -> None:
        if connection.is_connected:  # not after 421, by which a server hangs up
            self._idle.append((time.monotonic(), connection))
        else:
            connection.close()


async def _answers(connection: SMTP) -> bool:
    with suppress(OSError, SMTPException):
        await connection.noop(timeout=FRESH)
        return connection.is_connected
    return False


async def _leave(connection: SMTP) -> None:
    with suppress(OSError, SMTPException):
        await connection.quit(timeout=FRESH)
    connection.close()


def _why(error: Exception) -> str:
    """Why there is no connection, without a word of what was said on it."""
    if isinstance(error, ssl.SSLError):
        return f"tls {error.reason or type(error).__name__}"
    if isinstance(error, SMTPResponseException):
        return f"not-let-in {codes(error)}"
    cause = error.__cause__ or error.__context__
    if isinstance(cause, ssl.SSLError):
        return f"tls {cause.reason or type(cause).__name__}"
    return f"no-connection {type(error).__name__}"
