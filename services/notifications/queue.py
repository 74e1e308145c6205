"""Where mails wait to be sent: put there in the transaction of the event that causes them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from chassis.service import Clock
from chassis.storage.session import Session
from services.notifications import store
from services.notifications.mail import Mail, Topic


class Queue:
    """Mails on their way.

    Args:
        clock: Tells when they are queued.
        domain: The domain of the sender's address, for the `Message-ID`.
    """

    def __init__(self, clock: Clock, domain: str) -> None:
        self._clock = clock
        self._domain = domain
        self._wake: Callable[[], None] = lambda: None

    def add(
        self,
        session: Session,
        *,
        kind: str,
        event: str,
        recipient: str,
        subject: str,
        due_time: datetime,
        user: str = "",
        topic: Topic | None = None,
    ) -> None:
        """Queues a mail, unless there was one of that kind to that recipient for that event; see Mail for what it says.

        `due_time` is the event's time for a mail that is to be sent at once, and later for one that is to wait.
        """
        mail = Mail.queue(
            kind=kind,
            event=event,
            recipient=recipient,
            user=user,
            subject=subject,
            topic=topic,
            due_time=due_time,
            now=self._clock(),
            domain=self._domain,
        )
        if store.add(session, mail):
            session.once_stored(self._wake)

    def requeue(self, session: Session, name: str) -> Mail:
        """Queues a mail again that failed, and returns it. Raises NotFound, MailStateConflict."""
        mail = store.get(session, name).retry(self._clock())
        store.put(session, mail)
        session.once_stored(self._wake)
        return mail

    def wakes(self, event: asyncio.Event) -> None:
        """From now on has the event set, in the loop that runs, when a mail was queued."""
        loop = asyncio.get_running_loop()
        self._wake = lambda: _set(loop, event)


def _set(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(event.set)
