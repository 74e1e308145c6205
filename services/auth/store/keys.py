"""Stored signing keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import RowMapping, delete, or_, select, update

from chassis.storage.session import Session
from services.auth.signing_keys import SigningKey
from services.auth.store.tables import SIGNING_KEYS


def add(session: Session, key: SigningKey) -> None:
    """Store the key that signs from now on. The one before has retired."""
    session.execute(SIGNING_KEYS.insert().values(_row(key)))


def put(session: Session, key: SigningKey) -> None:
    """Store what a key is now."""
    session.execute(update(SIGNING_KEYS).where(SIGNING_KEYS.c.kid == key.kid).values(_row(key)))


def signing(session: Session) -> SigningKey | None:
    """The key that signs; None before the first start."""
    row = session.execute(select(SIGNING_KEYS).where(SIGNING_KEYS.c.signs)).mappings().one_or_none()
    return None if row is None else _key(row)


def published(session: Session, now: datetime) -> list[SigningKey]:
    """Every key that there may be good tokens of: the one that signs, then the latest retired first."""
    good = or_(SIGNING_KEYS.c.signs, SIGNING_KEYS.c.expire_time > now)
    query = select(SIGNING_KEYS).where(good).order_by(SIGNING_KEYS.c.signs.is_(None), SIGNING_KEYS.c.expire_time.desc())
    return [_key(row) for row in session.execute(query).mappings()]


def forget_expired(session: Session, now: datetime) -> None:
    """Delete the keys that verify no token any more."""
    session.execute(delete(SIGNING_KEYS).where(SIGNING_KEYS.c.expire_time <= now))


def _row(key: SigningKey) -> dict[str, object]:
    return {
        "kid": key.kid,
        "x": key.x,
        "y": key.y,
        "create_time": key.create_time,
        "sealed": key.sealed,
        "expire_time": key.expire_time,
        "signs": None if key.sealed is None else True,
    }


def _key(row: RowMapping) -> SigningKey:
    return SigningKey(
        kid=row["kid"],
        x=row["x"],
        y=row["y"],
        create_time=row["create_time"],
        sealed=row["sealed"],
        expire_time=row["expire_time"],
    )
