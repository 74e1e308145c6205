"""The RPCs of the auth service."""

from __future__ import annotations

from uuid import uuid4

from google.protobuf.empty_pb2 import Empty

from chassis.context import principal
from chassis.paging import Page
from chassis.refusal import NotFound
from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from innkeeper.auth.v1 import auth_pb2
from services.auth import messages
from services.auth.account import Account
from services.auth.client import Client, wrong_client
from services.auth.credentials import digest, new_secret
from services.auth.guard import PasswordGuard
from services.auth.issuer import Issuer
from services.auth.keyring import Keyring
from services.auth.passwords import Passwords
from services.auth.refresh import RefreshTokenReused
from services.auth.store import accounts, clients, families, keys, revoked
from services.auth.tokens import AccessTokens
from services.auth.weak_passwords import check_password


class AuthServicer:
    """Knows accounts, clients and tokens."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        passwords: Passwords,
        tokens: AccessTokens,
        issuer: Issuer,
        keyring: Keyring,
    ) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._guard = PasswordGuard(database, passwords, clock)
        self._tokens = tokens
        self._issuer = issuer
        self._keyring = keyring

    async def create_account(self, request: auth_pb2.CreateAccountRequest) -> auth_pb2.Account:
        email = request.account.email
        check_password(request.password, email, "password")
        password_hash = await self._passwords.hash(request.password)
        account = Account.create(email=email, password_hash=password_hash, now=self._clock())

        def work(session: Session) -> auth_pb2.Account:
            accounts.add(session, account)
            return messages.account_message(account)

        return await self._database.command(work)

    async def change_password(self, request: auth_pb2.ChangePasswordRequest) -> Empty:
        user, now = principal().user, self._clock()
        account = await self._database.read(lambda session: accounts.of_user(session, user))
        if account is None:
            raise NotFound(user)
        check_password(request.new_password, account.email, "new_password")
        password_hash = await self._passwords.hash(request.new_password)

        def work(session: Session, account: Account) -> Empty:
            accounts.put(session, account.with_password(password_hash))
            families.revoke_of_user(session, user, now)
            return Empty()

        return await self._guard.command(lambda session: accounts.of_user(session, user), request.old_password, work)

    async def sign_in(self, request: auth_pb2.SignInRequest) -> auth_pb2.Tokens:
        now = self._clock()
        return await self._guard.command(
            lambda session: accounts.of_email(session, request.email),
            request.password,
            lambda session, account: self._issuer.begin(session, account.user, now),
        )

    async def issue_token(self, request: auth_pb2.IssueTokenRequest) -> auth_pb2.Tokens:
        if request.WhichOneof("grant") == "refresh":
            return await self._renewed(request)
        return await self._for_client(request)

    async def revoke_token(self, request: auth_pb2.RevokeTokenRequest) -> Empty:
        now = self._clock()

        def work(session: Session) -> Empty:
            claims = self._tokens.read(request.token, keys.published(session, now), now)
            if claims is None:
                families.revoke_of_token(session, digest(request.token), now)
            else:
                revoked.add(session, claims.jti, claims.expire_time)
            return Empty()

        return await self._database.command(work)

    async def introspect_token(self, request: auth_pb2.IntrospectTokenRequest) -> auth_pb2.IntrospectTokenResponse:
        now = self._clock()

        def work(session: Session) -> auth_pb2.IntrospectTokenResponse:
            claims = self._tokens.read(request.token, keys.published(session, now), now)
            if claims is not None:
                ended = revoked.contains(session, claims.jti) or families.is_revoked(session, claims.family)
                return messages.inactive() if ended else messages.of_access_token(claims)
            token = families.find_token(session, digest(request.token))
            if token is None or not token.is_good(now):
                return messages.inactive()
            return messages.of_refresh_token(token.family, self._tokens.audience)

        return await self._database.read(work)

    async def get_jwks(self, request: auth_pb2.GetJwksRequest) -> auth_pb2.Jwks:
        now = self._clock()
        return await self._database.read(lambda session: messages.jwks_message(keys.published(session, now)))

    async def rotate_signing_key(
        self,
        request: auth_pb2.RotateSigningKeyRequest,
    ) -> auth_pb2.Jwks:
        now = self._clock()

        def work(session: Session) -> auth_pb2.Jwks:
            self._keyring.rotate(session, now)
            return messages.jwks_message(keys.published(session, now))

        return await self._database.command(work)

    async def create_client(self, request: auth_pb2.CreateClientRequest) -> auth_pb2.Client:
        secret = new_secret()
        client = Client.register(
            request.client_id or str(uuid4()),
            display_name=request.client.display_name,
            scopes=frozenset(request.client.scopes),
            secret=secret,
            now=self._clock(),
        )

        def work(session: Session) -> auth_pb2.Client:
            clients.add(session, client)
            return messages.client_message(client, secret)

        return await self._database.command(work)

    async def list_clients(self, request: auth_pb2.ListClientsRequest) -> auth_pb2.ListClientsResponse:
        page = Page.of(request)
        found = await self._database.read(lambda session: clients.page(session, after=page.after, limit=page.lookahead))
        shown, token = page.cut(found, lambda client: client.name)
        return auth_pb2.ListClientsResponse(
            clients=[messages.client_message(client) for client in shown],
            next_page_token=token,
        )

    async def delete_client(self, request: auth_pb2.DeleteClientRequest) -> Empty:
        def work(session: Session) -> Empty:
            clients.remove(session, request.name)
            return Empty()

        return await self._database.command(work)

    async def _for_client(self, request: auth_pb2.IssueTokenRequest) -> auth_pb2.Tokens:
        credentials, now = request.client_credentials, self._clock()

        def work(session: Session) -> auth_pb2.Tokens:
            client = clients.find(session, f"clients/{credentials.client_id}")
            if client is None:
                raise wrong_client()
            client.authenticate(credentials.client_secret)
            return self._issuer.for_client(session, client, request.scopes, now)

        return await self._database.command(work)

    async def _renewed(self, request: auth_pb2.IssueTokenRequest) -> auth_pb2.Tokens:
        token, now = request.refresh.refresh_token, self._clock()
        try:
            return await self._database.command(lambda session: self._issuer.renew(session, token, request.scopes, now))
        except RefreshTokenReused:
            # What the command did is undone; that the family is revoked must outlast it.
            await self._database.write(lambda session: families.revoke_of_token(session, digest(token), now))
            raise
