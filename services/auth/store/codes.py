"""Stored authorization codes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from chassis.storage.session import Session
from services.auth.authorization import AuthorizationCode
from services.auth.store.tables import AUTHORIZATION_CODES


def add(session: Session, code: AuthorizationCode) -> None:
    """Store a new code."""
    row = {
        "digest": code.digest,
        "client_id": code.client_id,
        "user": code.user,
        "redirect_uri": code.redirect_uri,
        "scopes": " ".join(sorted(code.scopes)),
        "code_challenge": code.code_challenge,
        "expire_time": code.expire_time,
        "family": code.family or None,
    }
    session.execute(AUTHORIZATION_CODES.insert().values(row))


def find(session: Session, code_digest: bytes) -> AuthorizationCode | None:
    """The code of that digest."""
    query = select(AUTHORIZATION_CODES).where(AUTHORIZATION_CODES.c.digest == code_digest)
    row = session.execute(query).mappings().one_or_none()
    if row is None:
        return None
    return AuthorizationCode(
        digest=row["digest"],
        client_id=row["client_id"],
        user=row["user"],
        redirect_uri=row["redirect_uri"],
        scopes=frozenset(row["scopes"].split()),
        code_challenge=row["code_challenge"],
        expire_time=row["expire_time"],
        family=row["family"] or "",
    )


def use(session: Session, code: AuthorizationCode, family: str) -> None:
    """Store that the code was used for that token family."""
    session.execute(
        update(AUTHORIZATION_CODES).where(AUTHORIZATION_CODES.c.digest == code.digest).values(family=family)
    )


def remove_of_user(session: Session, user: str) -> None:
    """Delete every code of that user."""
    session.execute(delete(AUTHORIZATION_CODES).where(AUTHORIZATION_CODES.c.user == user))


def remove_of_client(session: Session, client_id: str) -> None:
    """Delete every code that was given to that client."""
    session.execute(delete(AUTHORIZATION_CODES).where(AUTHORIZATION_CODES.c.client_id == client_id))


def forget_expired(session: Session, now: datetime) -> None:
    """Delete the codes that ran out unused. One that was used goes with its token family, so that a second use is told
    for as long as there is something to revoke."""
    columns = AUTHORIZATION_CODES.c
    session.execute(delete(AUTHORIZATION_CODES).where(columns.family.is_(None), columns.expire_time <= now))
