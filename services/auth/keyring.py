"""The keys in use: one signs, those before it verify until their last token has expired."""

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
        """From now on a new key signs."""
        signing = keys.signing(session)
        if signing is not None:
            keys.put(session, signing.retire(now=now, longest_token_life=self._longest_token_life))
        keys.add(session, self._seal.generate(now))

    async def ensure(self, database: Database, clock: Clock) -> None:
        """Make a key where there is none. Raises StartError where the one that is there cannot be opened."""
        signing = await database.read(keys.signing)
        if signing is None:
            await database.write(lambda session: self._add_first(session, clock()))
            return
        try:
            self._seal.open(signing)
        except InvalidToken:
            raise StartError(
                "auth: the signing key in the database was sealed with another secret than auth-signing of this data"
                " directory: restore the secret that belongs to the database"
            ) from None

    def _add_first(self, session: Session, now: datetime) -> None:
        """Another replica may have been faster."""
        if keys.signing(session) is None:
            keys.add(session, self._seal.generate(now))
