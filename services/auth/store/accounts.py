"""Stored accounts."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError

from chassis.storage.session import Session
from services.auth.account import Account, AccountExists
from services.auth.store.tables import ACCOUNTS


def add(session: Session, account: Account) -> None:
    """Store a new account. Raises AccountExists."""
    try:
        with session.begin_nested():
            session.execute(ACCOUNTS.insert().values(_row(account)))
    except IntegrityError:
        raise AccountExists("there is an account with this e-mail address: sign in with it") from None


def of_email(session: Session, email: str) -> Account | None:
    """The account of that address, in any letter case."""
    return _one(session, ACCOUNTS.c.email_folded == email.casefold())


def of_user(session: Session, user: str) -> Account | None:
    """The account of that user."""
    return _one(session, ACCOUNTS.c.user == user)


def put(session: Session, account: Account) -> None:
    """Store what an account is now."""
    session.execute(update(ACCOUNTS).where(ACCOUNTS.c.name == account.name).values(_row(account)))


def remove_of_user(session: Session, user: str) -> None:
    """Delete the account of that user, if there is one."""
    session.execute(delete(ACCOUNTS).where(ACCOUNTS.c.user == user))


def _one(session: Session, condition: ColumnElement[bool]) -> Account | None:
    row = session.execute(select(ACCOUNTS).where(condition)).mappings().one_or_none()
    if row is None:
        return None
    return Account(
        name=row["name"],
        user=row["user"],
        email=row["email"],
        password_hash=row["password_hash"],
        create_time=row["create_time"],
        wrong_attempts=tuple(datetime.fromtimestamp(seconds, UTC) for seconds in row["wrong_attempts"]),
    )


def _row(account: Account) -> dict[str, object]:
    return {
        "name": account.name,
        "user": account.user,
        "email": account.email,
        "email_folded": account.email.casefold(),
        "password_hash": account.password_hash,
        "wrong_attempts": [attempt.timestamp() for attempt in account.wrong_attempts],
        "create_time": account.create_time,
    }
