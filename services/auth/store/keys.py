"""Stored signing keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, delete, or_, select, update

from chassis.storage.session import Session
from services.auth.signing_keys import SigningKey
from services.auth.store.tables import SIGNING_KEYS


def add(session: Session, key: SigningKey) -> None:
    """Store a new key. The one before it has gone on."""
    session.execute(SIGNING_KEYS.insert().values(_row(key)))


def put(session: Session, key: SigningKey) -> None:
    """Store what a key is now."""
    session.execute(update(SIGNING_KEYS).where(SIGNING_KEYS.c.kid == key.kid).values(_row(key)))


def signing(session: Session) -> SigningKey | None:
    """The key that signs; None before the first start."""
    return _one(session, SIGNING_KEYS.c.signs)


def prepared(session: Session) -> SigningKey | None:
    """The key that signs next; None before the first start."""
    return _one(session, SIGNING_KEYS.c.prepared)


def published(session: Session, now: datetime) -> list[SigningKey]:
    """Every key that there may be good tokens of: the one that signs, the next, then the latest retired first."""
    columns = SIGNING_KEYS.c
    good = or_(columns.signs, columns.prepared, columns.expire_time > now)
    order = (columns.signs.is_(None), columns.prepared.is_(None), columns.expire_time.desc())
    return [_key(row) for row in session.execute(select(SIGNING_KEYS).where(good).order_by(*order)).mappings()]


def forget_expired(session: Session, now: datetime) -> None:
    """Delete the keys that verify no token any more."""
    session.execute(delete(SIGNING_KEYS).where(SIGNING_KEYS.c.expire_time <= now))


def _one(session: Session, condition: ColumnElement[bool]) -> SigningKey | None:
    row = session.execute(select(SIGNING_KEYS).where(condition)).mappings().one_or_none()
    return None if row is None else _key(row)


def _row(key: SigningKey) -> dict[str, object]:
    return {
        "kid": key.kid,
        "x": key.x,
        "y": key.y,
        "create_time": key.create_time,
        "sealed": key.sealed,
        "expire_time": key.expire_time,
        "signs": None if key.sealed is None or key.prepared else True,
        "prepared": key.prepared or None,
    }


def _key(row: RowMapping) -> SigningKey:
    return SigningKey(
        kid=row["kid"],
        x=row["x"],
        y=row["y"],
        create_time=row["create_time"],
        sealed=row["sealed"],
        expire_time=row["expire_time"],
        prepared=bool(row["prepared"]),
    )
