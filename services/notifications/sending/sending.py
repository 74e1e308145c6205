"""Sends what is queued: claims mails that are due, and has each tried."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import uuid4

import structlog

from chassis.storage.session import Session
from services.notifications import store
from services.notifications.mail import Mail
from services.notifications.queue import Queue
from services.notifications.sending.attempt import Attempts
from services.notifications.sending.transport import Unreachable

LEASE: Final = timedelta(seconds=30)
"""How long a claim is believed of whom nothing more is heard: after a crash, a mail in hand waits so long."""

KEEP_EVERY: Final = 5.0
"""Seconds after which claims are renewed, so that a mail may take as long as it takes, and the backlog is measured."""

POLL_EVERY: Final = 1.0
"""Seconds after which it is looked whether something is due, where nothing says so: a mail whose time has come, or that
another process has left."""


class Sending:
    """Sends mails of one database, `concurrency` at a time; others may do the same, and none is in two hands.

    While no mail is taken, none is claimed, and a connection now and then finds out whether that is over; while mails
    of one kind cannot be composed, one of them at a time is tried.

    Args:
        grace: Seconds that mails in hand get to end when it is to stop.
    """

    def __init__(self, queue: Queue, attempts: Attempts, *, concurrency: int, grace: float) -> None:
        self._queue = queue
        self._attempts = attempts
        self._database = attempts.database
        self._clock = attempts.clock
        self._outages = attempts.outages
        self._concurrency = concurrency
        self._grace = grace
        self._holder = str(uuid4())
        self._in_hand: dict[str, tuple[str, asyncio.Task[None]]] = {}
        self._wake = asyncio.Event()
        self._log = structlog.get_logger().bind(logger="innkeeper.mail")

    async def run(self) -> None:
        """Sends until it is cancelled. Then what is in hand gets some time to end, and the rest is left to others."""
        self._queue.wakes(self._wake)
        keeping = asyncio.create_task(self._keep_claims())
        try:
            while True:
                self._wake.clear()
                try:
                    await self._take_some()
                except Exception as error:  # of the database, mostly; what is in hand goes on
                    self._log.warning("mails_not_claimed", error=repr(error))
                with suppress(TimeoutError):  # and not `wait_for`, which in Python 3.11 may swallow the cancellation
                    async with asyncio.timeout(POLL_EVERY):
                        await self._wake.wait()
        finally:
            try:
                await self._let_go()
            finally:  # also where the database does not answer
                keeping.cancel()
                await asyncio.gather(keeping, return_exceptions=True)

    def look(self) -> None:
        """Has it looked at once whether something is due."""
        self._wake.set()

    async def _take_some(self) -> None:
        if not await self._database.read(partial(store.any_due, now=self._clock())):
            return
        if free := await self._free():
            for mail in await self._claimed(free):
                task = asyncio.create_task(self._attempts.make(mail, holder=self._holder), name=mail.name)
                self._in_hand[mail.name] = (mail.kind, task)
                task.add_done_callback(partial(self._ended, mail.name))

    async def _free(self) -> int:
        """How many mails may be claimed now."""
        if self._outages.transport.closed:
            return self._concurrency - len(self._in_hand)
        if self._in_hand or not self._outages.transport.lets_one_try(self._clock()):
            return 0
        try:
            await self._attempts.transport.probe()
        except Unreachable as away:
            self._outages.not_taken(away.failure, self._clock())
            return 0
        return 1

    async def _claimed(self, limit: int) -> list[Mail]:
        """Up to so many mails, which are this process's from now on."""
        # All that changes meanwhile is read here: the unit of work is done by another thread.
        now, in_hand, away = self._clock(), list(self._in_hand), list(self._outages.kinds)
        busy = {kind for kind, _ in self._in_hand.values()}
        tried = [kind for kind in self._outages.kinds_to_try(now) if kind not in busy]

        def work(session: Session) -> list[Mail]:
            # A mail in hand is not claimed anew, not even where this process stood still until the claim ran out.
            claim = partial(store.claim, session, holder=self._holder, now=now, until=now + LEASE, in_hand=in_hand)
            claimed: list[Mail] = []
            for kind in tried:
                if len(claimed) < limit:
                    claimed += claim(limit=1, kinds=[kind])
            if len(claimed) < limit:
                claimed += claim(limit=limit - len(claimed), without=away)
            return claimed

        return await self._database.write(work)

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        del self._in_hand[name]
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._log.warning("mail_not_concluded", mail=name, error=repr(error))

    async def _keep_claims(self) -> None:
        while True:
            try:
                await self._keep(list(self._in_hand))
                self._attempts.tally.backlog = await self._database.read(partial(store.backlog, now=self._clock()))
            except Exception as error:
                self._log.warning("claims_not_kept", error=repr(error))
            await asyncio.sleep(KEEP_EVERY)

    async def _keep(self, names: list[str]) -> None:
        if names:
            keep = partial(store.keep, holder=self._holder, names=names, until=self._clock() + LEASE)
            await self._database.write(keep)

    async def _let_go(self) -> None:
        tasks = [task for _, task in self._in_hand.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=self._grace)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._attempts.transport.close()
        await self._database.write(partial(store.let_go, holder=self._holder, now=self._clock()))
