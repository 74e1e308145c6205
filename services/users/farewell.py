"""Sees to it that everybody erases what they hold of a person who was deleted, and keeps what they tell of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from google.protobuf.json_format import MessageToDict

from chassis.dates import from_timestamp
from chassis.events.outbox import record
from chassis.personal_data import PersonalData
from chassis.refusal import NotFound
from chassis.service import Clock
from chassis.storage import erased_users
from chassis.storage.database import Database
from chassis.storage.session import Session
from innkeeper.events.v1.events_pb2 import Event
from innkeeper.privacy.v1.privacy_events_pb2 import PersonalDataErased
from innkeeper.users.v1.user_events_pb2 import UserDeleted
from services.users import erasures, store
from services.users.erasure import Erasure, last_token_expired
from services.users.messages import user_message

BATCH: Final = 100


class Farewell:
    """What follows the deletion of a person.

    Args:
        database: The database of people.
        clock: Tells the time.
        holders: The services that hold personal data.
        token_life: How long an access token is good.
    """

    def __init__(self, database: Database, clock: Clock, holders: Sequence[str], token_life: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._holders = holders
        self._token_life = token_life

    def begin(self, session: Session, user: str, now: datetime) -> None:
        """Tell everybody that the person was deleted. The own tokens change nothing from here on."""
        erased_users.add(session, user)
        erasures.put(session, Erasure.begin(user, self._holders, now))
        record(session, aggregate=user, payload=UserDeleted(user=user))

    def repeat(self, session: Session, user: str) -> Erasure:
        """Tell everybody anew. Raises NotFound."""
        erasure = erasures.get(session, user).again(self._holders)
        erasures.put(session, erasure)
        record(session, aggregate=user, payload=UserDeleted(user=user))
        return erasure

    def on_erased(self, session: Session, event: Event, erased: PersonalDataErased) -> None:
        """Keep what a service tells. Of somebody unknown, as in a database from before, there is nothing to keep."""
        if erasures.was_deleted(session, erased.user):
            known = erasures.get(session, erased.user)
            at = from_timestamp(event.occur_time)
            erasures.put(session, known.told(erased.service, last=erased.last, at=at))

    async def tell_last(self) -> None:
        """Tell everybody once more of those who have no good access token any more."""
        done_before = last_token_expired(self._clock(), self._token_life)
        for user in await self._database.read(lambda session: erasures.announced_once(session, done_before, BATCH)):
            await self._database.write(partial(_announce_last, user=user))

    def personal_data(self) -> PersonalData:
        """How the record of a person is erased, and handed out."""
        return PersonalData(erase=store.remove, export=self._export)

    def _export(self, session: Session, user: str) -> Mapping[str, object]:
        try:
            found = [store.get(session, user)]
        except NotFound:
            found = []
        return {"users": [MessageToDict(user_message(each, self._clock())) for each in found]}


def _announce_last(session: Session, user: str) -> None:
    if erasures.announce_last(session, user):
        record(session, aggregate=user, payload=UserDeleted(user=user, last=True))
