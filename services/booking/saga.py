"""Settles bookings: takes each from step to step until its money and its room are certain.

The payments service is asked outside of any unit of work; one unit of work then stores what the answer makes of the
booking, and which step is next. A crash may come anywhere in between: whoever takes the booking up again asks once
more, under the same request id, and goes on from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final
from uuid import uuid4
from weakref import WeakValueDictionary

import structlog

from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from services.booking import effects, store
from services.booking.booking import Booking, Payment
from services.booking.charges import Charges
from services.booking.steps import Step, advance
from services.booking.store import Standing

BATCH: Final = 50
"""How many bookings the timer takes up at a time."""

Checkpoint = Callable[[str], None]
"""Called with `before <step>` when a step is about to be asked for, and with `after <step>` when it was answered, and
nothing of the answer stored yet."""


def unwatched(place: str) -> None:
    """The checkpoint of everyday: goes on."""


class Saga:
    """One instance's part in settling bookings.

    Within the instance a booking has one flight at a time, kept by a lock that goes when nobody needs it; among
    instances it has one holder, kept by a lease in the database.
    """

    def __init__(self, database: Database, charges: Charges, clock: Clock, checkpoint: Checkpoint = unwatched) -> None:
        self._database = database
        self._charges = charges
        self._clock = clock
        self._checkpoint = checkpoint
        self._flights: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._abandoned: set[str] = set()
        self._log = structlog.get_logger().bind(logger="innkeeper.booking.saga")
        self.holder: Final = str(uuid4())

    async def settle(self, name: str, *, within: float, again: bool = False) -> Booking:
        """Takes the booking as far as it gets within so many seconds, and returns it as it is then.

        What is left goes on by `resume_due`. Who calls `again` lost the first answer, perhaps with the instance that
        was at it: that one is not waited for. Should it live, both ask for the same, once. Raises NotFound.
        """
        if again:
            await self._database.write(
                lambda session: store.take_over(session, name, holder=self.holder, now=self._clock())
            )
        try:
            async with asyncio.timeout(within):
                pause = await self._fly(name)
                while pause is not None:
                    await asyncio.sleep(pause)
                    pause = await self._fly(name)
        except TimeoutError:
            pass
        return (await self._standing(name)).booking

    async def resume_due(self) -> None:
        """Takes up the bookings that nobody settles: after a crash, after a pause, and those whose caller hung up."""
        due = await self._database.read(lambda session: store.due(session, now=self._clock(), limit=BATCH))
        names = self._abandoned.union(due)
        self._abandoned.clear()
        results = await asyncio.gather(*map(self._fly, names), return_exceptions=True)
        if failures := [result for result in results if isinstance(result, Exception)]:
            raise ExceptionGroup("bookings could not be settled", failures)

    async def _fly(self, name: str) -> float | None:
        """Goes from step to step; returns how many seconds to wait before going on, or None where all is done.

        Where its time is up, whatever it waits for, the booking is left to `resume_due`.
        """
        try:
            async with self._flights.setdefault(name, asyncio.Lock()):
                standing = await self._standing(name)
                if standing.is_due(self._clock()):
                    standing = await self._database.write(lambda session: self._claimed(session, name))
                while standing.progress.step is not Step.DONE:
                    if pause := standing.pause(self.holder, self._clock()):
                        return pause
                    standing = await self._taken(standing)
        except asyncio.CancelledError:
            self._abandoned.add(name)
            raise
        return None

    async def _taken(self, standing: Standing) -> Standing:
        """Takes one step, and returns where it led."""
        name, step = standing.booking.name, standing.progress.step
        self._checkpoint(f"before {step}")
        payment = await self._charges.ask(standing.booking, standing.progress)
        self._checkpoint(f"after {step}")
        standing = await self._database.write(lambda session: self._answered(session, name, step, payment))
        booking, progress = standing.booking, standing.progress
        self._log.info(
            "saga_step",
            booking=name,
            step=step,
            next=progress.step,
            attempts=progress.attempts,
            state=booking.state,
            payment_state=booking.payment.state,
        )
        return standing

    async def _standing(self, name: str) -> Standing:
        return await self._database.read(lambda session: store.standing(session, name))

    def _claimed(self, session: Session, name: str) -> Standing:
        store.claim(session, name, holder=self.holder, now=self._clock())
        return store.standing(session, name)

    def _answered(self, session: Session, name: str, asked: Step, payment: Payment | None) -> Standing:
        """Stores what the answer to a step makes of the booking.

        An answer that was overtaken, because the guest cancelled meanwhile or another instance was faster, changes
        nothing: the step that is next by now asks for itself.
        """
        now = self._clock()
        before = store.standing(session, name)
        if before.progress.step is not asked:
            return before
        booking, progress = advance(before.booking, before.progress, payment, now)
        effects.change(session, before.booking, booking)
        return store.proceed(session, booking, progress, holder=self.holder, now=now)
