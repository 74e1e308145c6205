"""Gives tokens for OAuth 2 grants, and takes them back."""

from __future__ import annotations

from datetime import datetime

from google.protobuf.empty_pb2 import Empty

from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from innkeeper.auth.v1 import auth_pb2
from services.auth.authorization import AuthorizationCodeReused, invalid_code
from services.auth.client import Client, check_owner, wrong_client
from services.auth.credentials import digest
from services.auth.issuer import Issuer
from services.auth.refresh import RefreshTokenReused
from services.auth.store import clients, codes, families, keys, revoked
from services.auth.tokens import AccessTokens


class Grants:
    """Each method is one command.

    Where what was used up comes again, what came of it is revoked in a transaction of its own, since that of the
    command is undone.
    """

    def __init__(self, database: Database, clock: Clock, tokens: AccessTokens, issuer: Issuer) -> None:
        self._database = database
        self._clock = clock
        self._tokens = tokens
        self._issuer = issuer

    async def for_client(self, request: auth_pb2.IssueTokenRequest) -> auth_pb2.Tokens:
        """A client's token in its own name. Raises WrongCredentials, ScopeNotGranted."""
        grant, now = request.client_credentials, self._clock()
        return await self._database.command(
            lambda session: self._issuer.for_client(
                session, _client(session, grant.client_id, grant.client_secret), request.scopes, now
            )
        )

    async def for_code(self, request: auth_pb2.IssueTokenRequest) -> auth_pb2.Tokens:
        """The tokens that a user authorized. Raises WrongCredentials, AuthorizationCodeInvalid,
        AuthorizationCodeReused, ScopeNotGranted."""
        grant, now = request.authorization_code, self._clock()

        def work(session: Session) -> auth_pb2.Tokens:
            client = _client(session, grant.client_id, grant.client_secret)
            code = codes.find(session, digest(grant.code))
            if code is None:
                raise invalid_code()
            code.check(client, redirect_uri=grant.redirect_uri, code_verifier=grant.code_verifier, now=now)
            return self._issuer.for_code(session, code, request.scopes, now)

        try:
            return await self._database.command(work)
        except AuthorizationCodeReused:
            await self._database.write(lambda session: families.revoke_of_code(session, digest(grant.code), now))
            raise

    async def renewed(self, request: auth_pb2.IssueTokenRequest) -> auth_pb2.Tokens:
        """The tokens that follow a refresh token. Raises WrongCredentials, RefreshTokenInvalid, RefreshTokenReused,
        ScopeNotGranted."""
        grant, now = request.refresh, self._clock()

        def work(session: Session) -> auth_pb2.Tokens:
            client = _perhaps_client(session, grant.client_id, grant.client_secret)
            return self._issuer.renew(session, grant.refresh_token, client, request.scopes, now)

        try:
            return await self._database.command(work)
        except RefreshTokenReused:
            await self._database.write(
                lambda session: families.revoke_of_token(session, digest(grant.refresh_token), now)
            )
            raise

    async def revoke(self, request: auth_pb2.RevokeTokenRequest) -> Empty:
        """Ends a token, if there is one. Raises WrongCredentials, TokenOfAnotherClient."""
        now = self._clock()

        def work(session: Session) -> Empty:
            client = _perhaps_client(session, request.client_id, request.client_secret)
            self._revoke(session, request.token, client, now)
            return Empty()

        return await self._database.command(work)

    def _revoke(self, session: Session, token: str, client: Client | None, now: datetime) -> None:
        claims = self._tokens.read(token, keys.published(session, now), now)
        if claims is not None:
            # A client's token in its own name is the client's, whoever has it.
            if claims.family or client is not None:
                check_owner(claims.client_id, client)
            revoked.add(session, claims.jti, claims.expire_time)
            return
        refresh_token = families.find_token(session, digest(token))
        if refresh_token is not None:
            check_owner(refresh_token.family.client_id, client)
            families.revoke_of_token(session, refresh_token.digest, now)


def _client(session: Session, client_id: str, secret: str) -> Client:
    """The client that proves itself so. Raises WrongCredentials."""
    client = clients.find(session, f"clients/{client_id}")
    if client is None:
        raise wrong_client()
    client.authenticate(secret)
    return client


def _perhaps_client(session: Session, client_id: str, secret: str) -> Client | None:
    """The same; None where nobody claims to be a client."""
    return _client(session, client_id, secret) if client_id or secret else None
