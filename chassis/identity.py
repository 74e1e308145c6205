"""How the services of a process prove who they are, and verify others: by the auth service."""

from __future__ import annotations

from typing import Protocol

from chassis.client.credentials import TokenSource
from chassis.network import Network
from chassis.security.secrets import Secrets
from chassis.security.service_tokens import ServiceTokens
from innkeeper.auth.v1.auth_pb2 import GetJwksRequest, Jwks
from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceStub


class Identity(Protocol):
    """Where tokens come from."""

    async def jwks(self) -> Jwks:
        """The public keys that verify access tokens."""

    def tokens(self, client_id: str) -> TokenSource:
        """The access tokens of one of the platform's own clients."""


class AuthIdentity:
    """Keys and tokens of the auth service, wherever it is."""

    def __init__(self, network: Network, secrets: Secrets) -> None:
        self._auth = network.stub(AuthServiceStub, None)
        self._secrets = secrets
        self._tokens: dict[str, TokenSource] = {}

    async def jwks(self) -> Jwks:
        return await self._auth.GetJwks(GetJwksRequest())

    def tokens(self, client_id: str) -> TokenSource:
        if client_id not in self._tokens:
            secret = self._secrets.client_secret(client_id)
            self._tokens[client_id] = ServiceTokens(self._auth, client_id, secret)
        return self._tokens[client_id]
