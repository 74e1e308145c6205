"""A database in memory, with a signing key in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from services.auth.issuer import Issuer
from services.auth.keyring import Keyring
from services.auth.signing_keys import KeySeal
from services.auth.store import METADATA
from services.auth.tokens import AccessTokens

START = datetime(2027, 5, 1, 12, tzinfo=UTC)
LIFE = timedelta(minutes=15)
REFRESH_LIFE = timedelta(days=30)
SEAL = KeySeal(bytes(32))
TOKENS = AccessTokens(issuer="http://127.0.0.1:8080", audience="innkeeper", life=LIFE)
ISSUER = Issuer(TOKENS, SEAL, REFRESH_LIFE)
KEYRING = Keyring(SEAL, LIFE)


@contextmanager
def stored() -> Iterator[Session]:
    """A session in which tokens can be issued."""
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with Session(engine) as session:
        session.connection().exec_driver_sql("PRAGMA foreign_keys=ON")
        KEYRING.rotate(session, START)
        yield session
    engine.dispose()
