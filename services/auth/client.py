"""An OAuth 2 client: a program that acts in its own name."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.auth.credentials import WrongCredentials, digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A program, and the scopes that its tokens may have."""

    name: str
    display_name: str
    scopes: frozenset[str]
    secret_digest: bytes = field(repr=False)
    create_time: datetime

    @classmethod
    def register(
        cls, client_id: str, *, display_name: str, scopes: frozenset[str], secret: str, now: datetime
    ) -> Client:
        """A new client with that secret, which is not kept."""
        return cls(
            name=f"clients/{client_id}",
            display_name=display_name,
            scopes=scopes,
            secret_digest=digest(secret),
            create_time=now,
        )

    @property
    def client_id(self) -> str:
        """The last part of the name: the `client_id` of OAuth 2."""
        return self.name.removeprefix("clients/")

    def differs_from(self, other: Client | None) -> bool:
        """Whether anything but the time of registration is another."""
        return other is None or replace(self, create_time=other.create_time) != other

    def authenticate(self, secret: str) -> None:
        """Raise WrongCredentials for any secret but the client's. Takes as long for every wrong one."""
        if not hmac.compare_digest(self.secret_digest, digest(secret)):
            raise wrong_client()


def wrong_client() -> WrongCredentials:
    """The same for an unknown client and for a wrong secret."""
    return WrongCredentials("no client has this id and secret")
