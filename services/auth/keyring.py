"""The keys in use: one signs, one comes next, those before verify until their last token has expired.

The next one is published before it signs: whoever keeps the keys for some time, as a proxy does, knows it by then.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken

from chassis.errors import StartError
from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from services.auth.signing_keys import KeySeal
from services.auth.store import keys


class Keyring:
    """Makes and retires signing keys.

    Args:
        seal: Makes keys.
        longest_token_life: How long a token may be good that the present key signs.
    """

    def __init__(self, seal: KeySeal, longest_token_life: timedelta) -> None:
        self._seal = seal
        self._longest_token_life = longest_token_life

    def rotate(self, session: Session, now: datetime) -> None:
        """From now on the next key signs, and another is prepared."""
        signing, prepared = keys.signing(session), keys.prepared(session)
        if signing is not None:
            keys.put(session, signing.retire(now=now, longest_token_life=self._longest_token_life))
        if prepared is not None:
            keys.put(session, prepared.promote())
        self.complete(session, now)

    def complete(self, session: Session, now: datetime) -> None:
        """Make the keys that are missing of the two: the one that signs, and the next."""
        if keys.signing(session) is None:
            keys.add(session, self._seal.generate(now))
        if keys.prepared(session) is None:
            keys.add(session, self._seal.generate(now, prepared=True))

    async def ensure(self, database: Database, clock: Clock) -> None:
        """Make the keys that are missing. Raises StartError where one that is there cannot be opened."""
        there = await database.read(lambda session: (keys.signing(session), keys.prepared(session)))
        try:
            for key in filter(None, there):
                self._seal.open(key)
        except InvalidToken:
            raise StartError(
                "auth: the signing key in the database was sealed with another secret than auth-signing of this data"
                " directory: restore the secret that belongs to the database"
            ) from None
        if None in there:  # of replicas that start at once, one is the first
            await database.write(lambda session: self.complete(session, clock()))
