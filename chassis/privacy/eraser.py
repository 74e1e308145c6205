"""Erases what one service holds of people who were deleted, and tells that it did.

What is deleted is gone in the transaction that takes the news in. From then on the person's access tokens, which may be
good for some minutes, change nothing here (`chassis.storage.requests`); when none can be good any more, the news comes
once more, as the last, and takes with it what came by other ways, such as a call between services that was under way.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import Final

from chassis.events.outbox import record
from chassis.personal_data import PersonalData
from chassis.service import Clock, Subscription, Timer
from chassis.storage import erased_users
from chassis.storage.database import Database
from chassis.storage.requests import forget_person
from chassis.storage.session import Session
from innkeeper.events.v1.events_pb2 import Event
from innkeeper.privacy.v1.privacy_events_pb2 import PersonalDataErased
from innkeeper.users.v1.user_events_pb2 import UserDeleted

EVERY: Final = 1.0
"""Seconds after which to look for what could not go before."""

BATCH: Final = 20


class Eraser:
    """The erasures of one service.

    Args:
        service: Its name.
        database: Its database.
        personal_data: How it erases.
        clock: Tells the time.
    """

    def __init__(self, service: str, database: Database, personal_data: PersonalData, clock: Clock) -> None:
        self._service = service
        self._database = database
        self._personal_data = personal_data
        self._clock = clock
        self._erased = 1  # what a process before this one erased may be in the files still
        self._scrubbed = 0

    def subscription(self) -> Subscription:
        """What is done when somebody was deleted."""
        return Subscription(UserDeleted, self._begin)

    def timer(self) -> Timer:
        """What is done again and again, for what could not go at once."""
        return Timer("erase", every=EVERY, run=self.go_on)

    async def go_on(self) -> None:
        """Erases what could not go before and can by now, and leaves no traces of it in files."""
        now = self._clock()
        users = await self._database.read(lambda session: erased_users.due(session, now, BATCH))
        results = await asyncio.gather(*map(self._try, users), return_exceptions=True)
        erased = self._erased
        if erased != self._scrubbed and await self._database.scrub():
            self._scrubbed = erased
        if failures := [result for result in results if isinstance(result, Exception)]:
            raise ExceptionGroup("users could not be erased", failures)

    async def _try(self, user: str) -> None:
        """Goes on with one. Who cannot be erased comes after all others the next time."""
        try:
            await self._database.write(partial(self._go_on, user=user))
        except Exception:
            await self._database.write(partial(self._put_off, user=user))
            raise

    def _begin(self, session: Session, event: Event, deleted: UserDeleted) -> None:
        erased_users.add(session, deleted.user, last=deleted.last)
        self._erase(session, deleted.user, last=deleted.last)

    def _go_on(self, session: Session, user: str) -> None:
        last = erased_users.find(session, user)
        if last is not None:  # else another process was faster
            self._erase(session, user, last=last)

    def _erase(self, session: Session, user: str, *, last: bool) -> None:
        self._personal_data.erase(session, user)
        forget_person(session, user)
        session.once_stored(self._count)
        if self._personal_data.withheld(session, user):
            self._put_off(session, user)
            return
        record(session, aggregate=user, payload=PersonalDataErased(user=user, service=self._service, last=last))
        if last:
            erased_users.forget(session, user)
        else:
            erased_users.put_off(session, user, None)

    def _put_off(self, session: Session, user: str) -> None:
        erased_users.put_off(session, user, self._clock() + timedelta(seconds=EVERY))

    def _count(self) -> None:
        self._erased += 1
