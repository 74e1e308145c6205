"""An OAuth 2 client: a program that acts in its own name, or in that of users who authorize it."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from chassis.refusal import AlreadyExists, Refusal
from services.auth.credentials import WrongCredentials, digest

SIGN_IN_CLIENT: Final = "sign-in"
"""The `client_id` of tokens from a user's sign-in: the platform itself asks for them, and no OAuth 2 client."""


class TokenOfAnotherClient(Refusal):
    """The token was given to another client than the one that wants to revoke it."""

    reason = "TOKEN_OF_ANOTHER_CLIENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A program, the scopes that its tokens may have, and where users may be sent back to with a code."""

    name: str
    display_name: str
    scopes: frozenset[str]
    secret_digest: bytes = field(repr=False)
    create_time: datetime
    redirect_uris: tuple[str, ...] = ()

    @classmethod
    def register(
        cls,
        client_id: str,
        *,
        display_name: str,
        scopes: frozenset[str],
        secret: str,
        now: datetime,
        redirect_uris: tuple[str, ...] = (),
    ) -> Client:
        """A new client with that secret, which is not kept; a public one where it is empty. Raises AlreadyExists."""
        if client_id == SIGN_IN_CLIENT:
            raise AlreadyExists(f"clients/{SIGN_IN_CLIENT}")
        return cls(
            name=f"clients/{client_id}",
            display_name=display_name,
            scopes=scopes,
            secret_digest=digest(secret) if secret else b"",
            create_time=now,
            redirect_uris=redirect_uris,
        )

    @property
    def client_id(self) -> str:
        """The last part of the name: the `client_id` of OAuth 2."""
        return self.name.removeprefix("clients/")

    @property
    def is_public(self) -> bool:
        """Whether it has no secret (RFC 6749 section 2.1)."""
        return not self.secret_digest

    def differs_from(self, other: Client | None) -> bool:
        """Whether anything but the time of registration is another."""
        return other is None or replace(self, create_time=other.create_time) != other

    def authenticate(self, secret: str) -> None:
        """Raise WrongCredentials for any secret but the client's, which is empty of a public one. Takes as long for
        every wrong one."""
        if not hmac.compare_digest(self.secret_digest, digest(secret) if secret else b""):
            raise wrong_client()


def wrong_client() -> WrongCredentials:
    """The same for an unknown client and for a wrong secret."""
    return WrongCredentials("no client has this id and secret")


def check_owner(client_id: str, client: Client | None) -> None:
    """Raise TokenOfAnotherClient where a token was given to another client than this, or than none at a sign-in."""
    if client_id != (SIGN_IN_CLIENT if client is None else client.client_id):
        raise TokenOfAnotherClient("the token was given to another client, which alone may revoke it")
