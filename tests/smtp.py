"""A mail server for tests (aiosmtpd): real SMTP on a free loopback port, with TLS, accounts, and faults on demand."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.certificates import authority, put

USER, PASSWORD = "innkeeper", "a:b/c@d é"
Protection = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class Received:
    """A mail that the server has taken."""

    sender: str
    recipient: str
    message: EmailMessage
    content: bytes
    encrypted: bool
    user: str

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])


@dataclass(kw_only=True)
class MailServer:
    """What it has taken, and what it does to whom. Answers are those of SMTP: `550 5.1.1 unknown`."""

    directory: Path
    protection: Protection = "starttls"
    accounts: bool = True
    utf8: bool = True
    received: list[Received] = field(default_factory=list)
    mail_from: str = "250 OK"
    """The answer to MAIL FROM."""

    refused: dict[str, str] = field(default_factory=dict)
    """The answer to RCPT TO of an address."""

    greylisted: Counter[str] = field(default_factory=Counter)
    """How many more times an address is put off."""

    content: str = "250 2.0.0 taken"
    """The answer to the content of a mail."""

    dropped: int = 0
    """How many more mails are taken without an answer: the connection breaks off instead."""

    once_taken: Callable[[], Awaitable[object]] | None = None
    """Called when a mail is taken, before the answer."""

    peers: set[object] = field(default_factory=set)
    """Where connections came from."""

    port: int = 0
    host: str = "127.0.0.1"
    _server: asyncio.Server | None = None
    _open: set[asyncio.BaseTransport] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.certificates = put(self.directory / "smtp", authority(self.directory / "ca"), ["localhost", "127.0.0.1"])

    @property
    def ca_file(self) -> Path:
        return self.certificates / "ca.crt"

    @property
    def url(self) -> str:
        scheme = "smtps" if self.protection == "tls" else "smtp"
        account = "innkeeper:a%3Ab%2Fc%40d%20%C3%A9@" if self.accounts else ""
        query = "?starttls=yes" if self.protection == "starttls" else ""
        return f"{scheme}://{account}{self.host}:{self.port}{query}"

    async def start(self) -> MailServer:
        """Listens; after `stop` on the same port again."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificates / "tls.crt", self.certificates / "tls.key")
        loop = asyncio.get_running_loop()

        def protocol() -> SMTP:
            return _Protocol(
                self,
                enable_SMTPUTF8=self.utf8,
                hostname="mx.test",
                tls_context=context if self.protection == "starttls" else None,
                require_starttls=self.protection == "starttls",
                auth_require_tls=self.protection == "starttls",
                authenticator=self._authenticate if self.accounts else None,
                loop=loop,
            )

        implicit = context if self.protection == "tls" else None
        self._server = await loop.create_server(protocol, self.host, self.port, ssl=implicit)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """Is away: connections break off, and nobody listens."""
        if self._server is not None:
            self._server.close()
            for transport in list(self._open):
                cast("asyncio.Transport", transport).abort()
            await self._server.wait_closed()
            self._server = None
        await asyncio.sleep(0)  # transports are told of their end in the next turn of the loop

    def to(self, recipient: str) -> list[Received]:
        return [mail for mail in self.received if mail.recipient == recipient]

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        good = isinstance(data, LoginPassword) and data == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=good, auth_data=USER if good else None)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.accounts and not session.authenticated:
            return "530 5.7.0 authenticate first"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.mail_from

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.greylisted[address] > 0:
            self.greylisted[address] -= 1
            return "451 4.7.1 greylisted, try again"
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if not self.content.startswith("250"):
            return self.content
        content = cast(bytes, envelope.content)
        message = cast(EmailMessage, email.message_from_bytes(content, policy=email.policy.default))
        for recipient in envelope.rcpt_tos:
            self.received.append(
                Received(
                    sender=str(envelope.mail_from),
                    recipient=recipient,
                    message=message,
                    content=content,
                    encrypted=cast(asyncio.Transport, server.transport).get_extra_info("sslcontext") is not None,
                    user=str(session.auth_data or ""),
                )
            )
        if self.once_taken is not None:
            await self.once_taken()
        if self.dropped > 0:
            self.dropped -= 1
            cast(asyncio.Transport, server.transport).abort()
        return self.content


class _Protocol(SMTP):
    """Keeps book of open connections."""

    def __init__(self, mail_server: MailServer, **options: Any) -> None:
        super().__init__(mail_server, **options)
        self._mail_server = mail_server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._mail_server.peers.add(transport.get_extra_info("peername"))
        self._mail_server._open.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.transport is not None:
            self._mail_server._open.discard(self.transport)
        super().connection_lost(error)
