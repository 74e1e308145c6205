"""What the platform hands to one service for its assembly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import grpc

from chassis.client.credentials import TokenSource
from chassis.network import Network
from chassis.security.secrets import Secrets
from chassis.server.authentication import Verifier
from chassis.service import Clock, Service
from chassis.settings import Settings
from chassis.storage.database import Database

S = TypeVar("S")


def utc_now() -> datetime:
    """The clock on the wall."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceKit:
    """The `Kit` of one service (see `chassis.service`)."""

    settings: Settings
    stored: Database | None
    """The service's database, None of one without tables."""

    catalogue: Sequence[Service]
    network: Network
    secrets: Secrets
    tokens: TokenSource
    verifier: Verifier
    clock: Clock = utc_now

    @property
    def database(self) -> Database:
        """The service's own database. Raises LookupError for a service without tables."""
        if self.stored is None:
            raise LookupError("the service has no database: it declares no tables")
        return self.stored

    def stub(self, stub_class: Callable[[grpc.aio.Channel], S], *, at: str = "") -> S:
        """A stub of another service; calls go with this service's own token, and the end user's along with it. `at`
        names the service, of a contract that several serve."""
        return self.network.stub(stub_class, self.tokens, at=at)

    def outside_stub(self, stub_class: Callable[[grpc.aio.Channel], S]) -> S:
        """A stub of another service that calls as the outside world does: in whose name, each call's metadata says."""
        return self.network.stub(stub_class, None)

    async def unready(self, service: str) -> str:
        """Asks any service of the platform whether it takes calls now; returns why not, and nothing where it does."""
        return await self.network.unready(service)

    def secret(self, name: str) -> bytes:
        """32 random bytes of that name, the same at every start."""
        return self.secrets.get(name)

    def client_secret(self, client_id: str) -> str:
        """The OAuth 2 secret of one of the platform's own clients."""
        return self.secrets.client_secret(client_id)
