"""Lets go of amounts that nobody took."""

from __future__ import annotations

from datetime import datetime, timedelta

from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from services.payments import store
from services.payments.operation import Kind, Operation, key_of

LIFETIME = timedelta(days=7)
"""How long an amount is kept ready: as long as card schemes commonly hold an authorisation made online."""

BATCH = 100


class Expiry:
    """Tells the bank to let go of what was authorised too long ago, so that no guest's money stays blocked."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def expire_due(self) -> None:
        """Stores the intents; the settlement's timer asks the bank."""
        now = self._clock()
        await self._database.write(lambda session: _order(session, now))


def _order(session: Session, now: datetime) -> None:
    for payment in store.not_taken_since(session, now - LIFETIME, BATCH):
        key = key_of(payment.name, Kind.EXPIRE)
        store.order(session, Operation.ordered(payment, Kind.EXPIRE, key, None, now))
