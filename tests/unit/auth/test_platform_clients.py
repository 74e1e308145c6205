"""The platform's own clients: registered at the first start, looked at only at later ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from chassis.service import Service
from chassis.storage.database import Database
from services.auth.client import Client
from services.auth.platform_clients import ensure_clients
from services.auth.store import METADATA, clients
from tests.conftest import declared

NOW = datetime(2027, 5, 1, 12, tzinfo=UTC)


class FakeKit:
    """What `ensure_clients` needs of a kit, with a count of the writes."""

    def __init__(self, database: Database, catalogue: Sequence[Service], secret: str = "secret") -> None:
        self.catalogue = catalogue
        self.clock = lambda: NOW
        self.database = self
        self.writes = 0
        self._database = database
        self._secret = secret

    def client_secret(self, client_id: str) -> str:
        return f"{self._secret} of {client_id}"

    async def read(self, work: Any) -> Any:
        return await self._database.read(work)

    async def write(self, work: Any) -> Any:
        self.writes += 1
        return await self._database.write(work)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.open("auth", url="", directory=tmp_path, seal=Fernet(Fernet.generate_key()))
    METADATA.create_all(database.engine)
    yield database
    database.close()


async def stored(database: Database) -> dict[str, Client]:
    found = await database.read(lambda session: clients.page(session, after=None, limit=100))
    return {client.client_id: client for client in found}


async def test_each_service_has_the_scopes_of_what_it_calls(database: Database) -> None:
    users, auth = declared("users"), declared("auth")
    await ensure_clients(FakeKit(database, [users, replace(auth, calls=("users",))]))
    scopes = {client_id: client.scopes for client_id, client in (await stored(database)).items()}
    assert scopes["users"] == {"internal", "events.deliver"}
    of_users = {"users.read", "users.write", "users.lookup", "erasures.read", "erasures.write"}
    of_auth = {"auth.admin", "authorizations.write", "tokens.introspect"}
    assert scopes["auth"] == {"internal", "events.deliver", *of_users}
    of_processes = {"events.read", "events.write", "privacy.export"}
    assert scopes["cli"] == scopes["auth"] | {"admin", *of_processes, *of_auth}


async def test_web_has_no_more_than_it_needs(database: Database) -> None:
    names = ("users", "auth", "hotels", "payments", "links", "booking", "web")
    await ensure_clients(FakeKit(database, [declared(name) for name in names]))
    web = (await stored(database))["web"]
    of_those = {"authorizations.write", "bookings.watch", "links.resolve", "payments.lookup", "tokens.introspect"}
    assert web.scopes == {"internal", "privacy.export", *of_those}


async def test_a_later_start_writes_nothing(database: Database) -> None:
    catalogue = [declared("users"), declared("auth")]
    first, second = FakeKit(database, catalogue), FakeKit(database, catalogue)
    await ensure_clients(first)
    await ensure_clients(second)
    assert (first.writes, second.writes) == (1, 0)


async def test_a_new_service_gets_its_client(database: Database) -> None:
    users, auth = declared("users"), declared("auth")
    await ensure_clients(FakeKit(database, [auth]))
    before = await stored(database)
    await ensure_clients(FakeKit(database, [auth, users]))
    after = await stored(database)
    assert after.keys() - before.keys() == {"users"}
    assert after["auth"] == before["auth"]
    assert after["cli"].scopes > before["cli"].scopes


async def test_a_new_secret_takes_the_place_of_the_old_one(database: Database) -> None:
    catalogue = [declared("auth")]
    await ensure_clients(FakeKit(database, catalogue))
    await ensure_clients(FakeKit(database, catalogue, secret="new secret"))
    for client_id, client in (await stored(database)).items():
        client.authenticate(f"new secret of {client_id}")
