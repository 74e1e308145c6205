"""People: queries."""

from __future__ import annotations

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.exc import IntegrityError

from chassis.refusal import AlreadyExists, NotFound
from chassis.storage.session import Session
from services.users.tables import USERS
from services.users.user import EmailTaken, Membership, Profile, User


def add(session: Session, user: User) -> None:
    """Store a new record. Raises AlreadyExists, EmailTaken."""
    try:
        with session.begin_nested():
            session.execute(USERS.insert().values(_row(user)))
    except IntegrityError:
        if is_there(session, user.name):
            raise AlreadyExists(user.name) from None
        raise _email_taken() from None


def get(session: Session, name: str) -> User:
    """The record of that name. Raises NotFound."""
    row = session.execute(select(USERS).where(USERS.c.name == name)).mappings().one_or_none()
    if row is None:
        raise NotFound(name)
    return _user(row)


def is_there(session: Session, name: str) -> bool:
    """Whether there is a record of that name."""
    return session.scalar(select(USERS.c.name).where(USERS.c.name == name)) is not None


def page(session: Session, *, after: str | None, limit: int, only: str | None) -> list[User]:
    """Up to `limit` records by name, from after that name; the record `only`, where it is not None."""
    query = select(USERS).order_by(USERS.c.name).limit(limit)
    if after is not None:
        query = query.where(USERS.c.name > after)
    if only is not None:
        query = query.where(USERS.c.name == only)
    return [_user(row) for row in session.execute(query).mappings()]


def put(session: Session, user: User) -> None:
    """Store the next version of a record. Raises EmailTaken."""
    try:
        with session.begin_nested():
            session.execute(update(USERS).where(USERS.c.name == user.name).values(_row(user)))
    except IntegrityError:
        raise _email_taken() from None


def remove(session: Session, name: str) -> None:
    """Delete the record of that name."""
    session.execute(delete(USERS).where(USERS.c.name == name))


def _email_taken() -> EmailTaken:
    return EmailTaken("another user has this e-mail address")


def _row(user: User) -> dict[str, object]:
    profile = user.profile
    return {
        "name": user.name,
        "given_name": profile.given_name,
        "family_name": profile.family_name,
        "birth_date": profile.birth_date,
        "email": profile.email,
        "email_folded": profile.email.casefold(),
        "membership": int(profile.membership),
        "language_code": profile.language_code,
        "create_time": user.create_time,
        "update_time": user.update_time,
        "revision": user.revision,
    }


def _user(row: RowMapping) -> User:
    return User(
        name=row["name"],
        profile=Profile(
            given_name=row["given_name"],
            family_name=row["family_name"],
            birth_date=row["birth_date"],
            email=row["email"],
            membership=Membership(row["membership"]),
            language_code=row["language_code"],
        ),
        create_time=row["create_time"],
        update_time=row["update_time"],
        revision=row["revision"],
    )
