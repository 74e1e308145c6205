"""The access tokens that were revoked before they expired."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from chassis.storage.session import Session
from services.auth.store.tables import REVOKED_TOKENS


def add(session: Session, jti: str, expire_time: datetime) -> None:
    """Store that the token of that id is revoked, until it expires by itself."""
    if not contains(session, jti):
        session.execute(REVOKED_TOKENS.insert().values(jti=jti, expire_time=expire_time))


def contains(session: Session, jti: str) -> bool:
    """Whether the token of that id was revoked."""
    return session.scalar(select(REVOKED_TOKENS.c.jti).where(REVOKED_TOKENS.c.jti == jti)) is not None


def forget_expired(session: Session, now: datetime) -> None:
    """Delete what is of no use any more, since the token has expired."""
    session.execute(delete(REVOKED_TOKENS).where(REVOKED_TOKENS.c.expire_time <= now))
