"""Stored token families, and the refresh tokens in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, delete, select, update

from chassis.storage.session import Session
from services.auth.refresh import RefreshToken, TokenFamily
from services.auth.store.tables import AUTHORIZATION_CODES, REFRESH_TOKENS, TOKEN_FAMILIES


def begin(session: Session, family: TokenFamily, token_digest: bytes) -> None:
    """Store a new family with its first refresh token."""
    row = {
        "id": family.id,
        "user": family.user,
        "client_id": family.client_id,
        "scopes": " ".join(sorted(family.scopes)),
        "create_time": family.create_time,
        "expire_time": family.expire_time,
        "revoke_time": family.revoke_time,
    }
    session.execute(TOKEN_FAMILIES.insert().values(row))
    _add_token(session, family, token_digest)


def renew(session: Session, family: TokenFamily, used: bytes, successor: bytes) -> None:
    """Store that one token of the family was used, and that another took its place."""
    session.execute(update(REFRESH_TOKENS).where(REFRESH_TOKENS.c.digest == used).values(used=True))
    session.execute(
        update(TOKEN_FAMILIES).where(TOKEN_FAMILIES.c.id == family.id).values(expire_time=family.expire_time)
    )
    _add_token(session, family, successor)


def of_user(session: Session, user: str) -> list[TokenFamily]:
    """Every family of that user, the earliest first."""
    query = select(TOKEN_FAMILIES).where(TOKEN_FAMILIES.c.user == user).order_by(TOKEN_FAMILIES.c.create_time)
    return [_family(row) for row in session.execute(query).mappings()]


def find_token(session: Session, token_digest: bytes) -> RefreshToken | None:
    """The refresh token of that digest."""
    both = REFRESH_TOKENS.join(TOKEN_FAMILIES)
    query = select(REFRESH_TOKENS.c.used, TOKEN_FAMILIES).select_from(both)
    row = session.execute(query.where(REFRESH_TOKENS.c.digest == token_digest)).mappings().one_or_none()
    if row is None:
        return None
    return RefreshToken(digest=token_digest, family=_family(row), used=row["used"])


def is_revoked(session: Session, family_id: str) -> bool:
    """Whether that family was revoked."""
    query = select(TOKEN_FAMILIES.c.revoke_time).where(TOKEN_FAMILIES.c.id == family_id)
    return session.scalar(query) is not None


def revoke_of_token(session: Session, token_digest: bytes, now: datetime) -> None:
    """Revoke the family of the refresh token of that digest, if there is one."""
    family = select(REFRESH_TOKENS.c.family).where(REFRESH_TOKENS.c.digest == token_digest).scalar_subquery()
    _revoke(session, TOKEN_FAMILIES.c.id == family, now)


def revoke_of_code(session: Session, code_digest: bytes, now: datetime) -> None:
    """Revoke the family that the authorization code of that digest was used for."""
    family = select(AUTHORIZATION_CODES.c.family).where(AUTHORIZATION_CODES.c.digest == code_digest).scalar_subquery()
    _revoke(session, TOKEN_FAMILIES.c.id == family, now)


def revoke_of_client(session: Session, client_id: str, now: datetime) -> None:
    """Revoke every family of that client."""
    _revoke(session, TOKEN_FAMILIES.c.client_id == client_id, now)


def revoke_of_user(session: Session, user: str, now: datetime) -> None:
    """Revoke every family of that user."""
    _revoke(session, TOKEN_FAMILIES.c.user == user, now)


def forget_expired(session: Session, now: datetime) -> None:
    """Delete the families whose last token has run out, with all their tokens."""
    session.execute(delete(TOKEN_FAMILIES).where(TOKEN_FAMILIES.c.expire_time <= now))


def _family(row: RowMapping) -> TokenFamily:
    return TokenFamily(
        id=row["id"],
        user=row["user"],
        client_id=row["client_id"],
        scopes=frozenset(row["scopes"].split()),
        create_time=row["create_time"],
        expire_time=row["expire_time"],
        revoke_time=row["revoke_time"],
    )


def _add_token(session: Session, family: TokenFamily, token_digest: bytes) -> None:
    session.execute(REFRESH_TOKENS.insert().values(digest=token_digest, family=family.id, used=False))


def _revoke(session: Session, condition: ColumnElement[bool], now: datetime) -> None:
    good = TOKEN_FAMILIES.c.revoke_time.is_(None)
    session.execute(update(TOKEN_FAMILIES).where(condition, good).values(revoke_time=now))
