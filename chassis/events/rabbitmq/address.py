"""Where the broker is, and how it is spoken with."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import aiormq
from yarl import URL

if TYPE_CHECKING:
    from chassis.security.transport_security import TransportSecurity

PORTS: Final = {"amqp": 5672, "amqps": 5671}
CONNECT_WITHIN: Final = 10.0
END_WITHIN: Final = 2.0
"""Seconds for what a client and a broker say to each other at the beginning, and at the end."""

HEARTBEAT: Final = 10
"""Seconds between signs of life, so that an end of a connection that is gone without a word is found out."""


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """A broker, by the URL of the setting.

    Args:
        url: `INNKEEPER_EVENTS_URL`.
        security: The platform's authority and the certificate of this process, for `amqps://`; None for the authorities
            that the system trusts, and no certificate.
    """

    url: str = field(repr=False)
    security: TransportSecurity | None = None

    def __str__(self) -> str:
        """For people: without user and password."""
        url = URL(self.url)
        return f"{url.scheme}://{url.host_subcomponent}:{url.explicit_port or PORTS[url.scheme]}{url.raw_path}"

    async def connect(self, name: str) -> aiormq.Connection:
        """A new connection, which the broker lists under that name. Raises OSError, AMQPError, TimeoutError."""
        url = URL(self.url).with_query(heartbeat=HEARTBEAT, name=name)
        connection = aiormq.Connection(url, context=self._context())
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                await connection.connect()
        except BaseException:
            await end(connection)
            raise
        return connection

    def _context(self) -> ssl.SSLContext | None:
        if not self.url.startswith("amqps:"):
            return None
        return self.security.client_context() if self.security else ssl.create_default_context()


async def end(connection: aiormq.Connection) -> None:
    """Closes a connection, as far as the broker answers."""
    with suppress(TimeoutError, OSError, aiormq.AMQPError):
        await connection.close(timeout=END_WITHIN)
