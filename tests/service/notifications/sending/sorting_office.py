"""Mails on their way, without the events that cause them: a queue on a real database, and what sends it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from chassis.settings import Settings
from chassis.storage.database import Database
from chassis.storage.migrate import migrate
from chassis.storage.session import Session
from services.notifications import store
from services.notifications.bounces import Bounces
from services.notifications.mail import Mail, State
from services.notifications.queue import Queue
from services.notifications.sending.attempt import Attempts
from services.notifications.sending.envelope import addressed
from services.notifications.sending.outages import Outages
from services.notifications.sending.sender import Sender
from services.notifications.sending.sending import Sending
from services.notifications.sending.smtp.place import Place
from services.notifications.sending.smtp.relay import Relay
from services.notifications.sending.tally import Tally
from services.notifications.sending.transport import Transport
from services.notifications.tables import METADATA
from services.notifications.unsubscribing.token import UnsubscribeTokens

PATIENCE = 10.0
KEY = bytes(32)
TOKENS = UnsubscribeTokens(KEY, "https://innkeeper.example")


class Clock:
    """The clock on the wall, and some time further."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Letters:
    """A composer: mails go to the address in `to`, by the recipient's name. Where there is an `error`, it is raised."""

    to: dict[str, str] = field(default_factory=dict)
    error: Exception | None = None
    composed: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    once_composed: Callable[[], None] = lambda: None

    async def compose(self, mail: Mail) -> EmailMessage | None:
        self.composed.append(mail.name)
        if self.error is not None:
            raise self.error
        address = self.to.get(mail.recipient, f"{mail.recipient.rpartition('/')[2]}@guests.example")
        self.once_composed()
        if not address:
            return None
        message = EmailMessage()
        message["To"] = addressed("Ada Lovelace", address)
        message["Subject"] = "Ihre Buchung 你好"
        message.set_content("Grüß Gott,\n\nsee you in Wien.\n")
        message.add_alternative("<p>Grüß Gott</p>", subtype="html")
        message.add_attachment(b"%PDF-1.7 " + bytes(2000), maintype="application", subtype="pdf", filename="réçu.pdf")
        return message

    def sent(self, session: Session, mail: Mail) -> None:
        self.noted.append(mail.name)


def relay(url: str, ca_file: Path | None = None) -> Relay:
    """A mail server, as the settings name it."""
    return Relay(Place.of(url), ca_file, "hotels.example")


def opened(directory: Path, url: str = "") -> Database:
    """The database in that directory, or at that URL."""
    database = Database.open("notifications", url=url, directory=directory, seal=Fernet(Fernet.generate_key()))
    migrate(database, "services.notifications.migrations", METADATA)
    return database


@dataclass
class SortingOffice:
    """A queue and what sends it."""

    database: Database
    transport: Transport
    letters: Letters = field(default_factory=Letters)
    clock: Clock = field(default_factory=Clock)
    concurrency: int = 4
    grace: float = 1.0
    within: timedelta = timedelta(days=5)

    def __post_init__(self) -> None:
        self.tally = Tally()
        self.bounces = Bounces(KEY)
        self.queue = Queue(self.clock, "hotels.example")
        sender = Sender.of(Settings.read(mail_from="Hotels & Söhne <desk@hotels.example>"), TOKENS)
        self.attempts = Attempts(
            database=self.database,
            composer=self.letters,
            sender=sender,
            bounces=self.bounces,
            transport=self.transport,
            outages=Outages(self.tally),
            tally=self.tally,
            clock=self.clock,
            within=self.within,
        )
        self.sending = Sending(self.queue, self.attempts, concurrency=self.concurrency, grace=self.grace)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[SortingOffice]:
        """Sends until the block ends."""
        task = asyncio.create_task(self.sending.run())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def queued(
        self, recipient: str = "users/ada", *, event: str = "", kind: str = "greeting", **more: Any
    ) -> str:
        """Queues a mail, and returns its name."""
        mail = Mail.queue(
            kind=kind,
            event=event or str(uuid.uuid4()),
            recipient=recipient,
            user=more.get("user", recipient),
            subject=more.get("subject", "bookings/b"),
            topic=more.get("topic"),
            due_time=more.get("due_time", self.clock()),
            now=self.clock(),
            domain="hotels.example",
        )
        values = {
            name: getattr(mail, name) for name in ("kind", "event", "recipient", "user", "subject", "topic", "due_time")
        }
        await self.database.write(lambda session: self.queue.add(session, **values))
        return mail.name

    async def mail(self, name: str) -> Mail:
        return await self.database.read(lambda session: store.get(session, name))

    async def comes_to(self, name: str, *states: State) -> Mail:
        """The mail, once it is in one of these states; in any but queued where none is given."""
        return await self.until(name, lambda mail: mail.state in states if states else mail.state is not State.QUEUED)

    async def until(self, name: str, is_so: Callable[[Mail], bool]) -> Mail:
        """The mail, once that is so."""
        async with asyncio.timeout(PATIENCE):
            async for mail in self._looks(name):
                if is_so(mail):
                    return mail
        raise AssertionError("not reached")

    async def _looks(self, name: str) -> AsyncIterator[Mail]:
        while True:
            yield await self.mail(name)
            await asyncio.sleep(0.005)

    def later(self, **time: float) -> None:
        """Moves the clock, by hours=1 or so, and has it looked what is due now."""
        self.clock.ahead += timedelta(**time)
        self.sending.look()


def files_in(directory: Path) -> list[Path]:
    """The mails in the mailbox of that data directory."""
    return sorted(path for path in (directory / "mail").iterdir())
