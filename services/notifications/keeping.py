"""How long it is kept what became of mails."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Final

from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from services.notifications import bounces, store
from services.notifications.mail import Mail
from services.notifications.notices import store as notices
from services.notifications.sending.mailbox import Mailbox

AT_ONCE: Final = 500
"""How many are forgotten in one unit of work."""

BOUNCES_KEPT: Final = timedelta(days=365)
"""An address that took no mail a year ago may by now be somebody else's."""


class Keeping:
    """Forgets mails that ended `days` ago, with their files, and what was noted along with them."""

    def __init__(self, database: Database, mailbox: Mailbox, clock: Clock, *, days: int) -> None:
        self._database = database
        self._mailbox = mailbox
        self._clock = clock
        self._kept = timedelta(days=days)

    async def forget(self) -> None:
        """Forgets all that is old by now."""
        now = self._clock()
        before = now - self._kept
        while mails := await self._database.read(partial(store.ended_before, time=before, limit=AT_ONCE)):
            await self._database.write(partial(self._forget, mails=mails))
        while names := await self._database.read(partial(notices.outdated, before=before, limit=AT_ONCE)):
            await self._database.write(partial(notices.remove, names=names))
        await self._database.write(partial(bounces.forget, before=now - BOUNCES_KEPT))

    def _forget(self, session: Session, mails: list[Mail]) -> None:
        self._mailbox.remove(mails)
        store.remove(session, [mail.name for mail in mails])
