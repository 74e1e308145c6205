"""Stored OAuth 2 clients."""

from __future__ import annotations

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.exc import IntegrityError

from chassis.refusal import AlreadyExists, NotFound
from chassis.storage.session import Session
from services.auth.client import Client
from services.auth.store.tables import CLIENTS


def add(session: Session, client: Client) -> None:
    """Store a new client. Raises AlreadyExists."""
    try:
        with session.begin_nested():
            session.execute(CLIENTS.insert().values(_row(client)))
    except IntegrityError:
        raise AlreadyExists(client.name) from None


def find(session: Session, name: str) -> Client | None:
    """The client of that name."""
    row = session.execute(select(CLIENTS).where(CLIENTS.c.name == name)).mappings().one_or_none()
    return None if row is None else _client(row)


def put(session: Session, client: Client) -> None:
    """Store what a client is now."""
    session.execute(update(CLIENTS).where(CLIENTS.c.name == client.name).values(_row(client)))


def page(session: Session, *, after: str | None, limit: int) -> list[Client]:
    """Up to `limit` clients by name, from after that name."""
    query = select(CLIENTS).order_by(CLIENTS.c.name).limit(limit)
    if after is not None:
        query = query.where(CLIENTS.c.name > after)
    return [_client(row) for row in session.execute(query).mappings()]


def remove(session: Session, name: str) -> None:
    """Delete the client of that name. Raises NotFound."""
    if not session.execute(delete(CLIENTS).where(CLIENTS.c.name == name).returning(CLIENTS.c.name)).all():
        raise NotFound(name)


def _row(client: Client) -> dict[str, object]:
    return {
        "name": client.name,
        "display_name": client.display_name,
        "scopes": " ".join(sorted(client.scopes)),
        "secret_digest": client.secret_digest,
        "create_time": client.create_time,
        "redirect_uris": " ".join(client.redirect_uris),
    }


def _client(row: RowMapping) -> Client:
    return Client(
        name=row["name"],
        display_name=row["display_name"],
        scopes=frozenset(row["scopes"].split()),
        secret_digest=row["secret_digest"],
        create_time=row["create_time"],
        redirect_uris=tuple(row["redirect_uris"].split()),
    )
