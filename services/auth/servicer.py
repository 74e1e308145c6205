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
from services.auth.authorization import Authorization, AuthorizationCode
from services.auth.client import Client
from services.auth.credentials import digest, new_secret
from services.auth.grants import Grants
from services.auth.guard import PasswordGuard
from services.auth.issuer import Issuer
from services.auth.keyring import Keyring
from services.auth.passwords import Passwords
from services.auth.store import accounts, clients, codes, families, keys, revoked
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
        self._grants = Grants(database, clock, tokens, issuer)

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
            codes.remove_of_user(session, user)
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
        match request.WhichOneof("grant"):
            case "authorization_code":
                return await self._grants.for_code(request)
            case "refresh":
                return await self._grants.renewed(request)
        return await self._grants.for_client(request)

    async def revoke_token(self, request: auth_pb2.RevokeTokenRequest) -> Empty:
        return await self._grants.revoke(request)

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
            return messages.of_refresh_token(token.family, audience=self._tokens.audience, issuer=self._tokens.issuer)

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
        secret = "" if request.client.public else new_secret()
        client = Client.register(
            request.client_id or str(uuid4()),
            display_name=request.client.display_name,
            scopes=frozenset(request.client.scopes),
            secret=secret,
            now=self._clock(),
            redirect_uris=tuple(request.client.redirect_uris),
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
        client_id, now = request.name.removeprefix("clients/"), self._clock()

        def work(session: Session) -> Empty:
            clients.remove(session, request.name)
            codes.remove_of_client(session, client_id)
            families.revoke_of_client(session, client_id, now)
            return Empty()

        return await self._database.command(work)

    async def check_authorization(
        self, request: auth_pb2.CheckAuthorizationRequest
    ) -> auth_pb2.CheckAuthorizationResponse:
        authorization = await self._database.read(lambda session: _asked(session, request.authorization))
        return auth_pb2.CheckAuthorizationResponse(
            client_display_name=authorization.client.display_name, scopes=sorted(authorization.scopes)
        )

    async def create_authorization_code(
        self, request: auth_pb2.CreateAuthorizationCodeRequest
    ) -> auth_pb2.AuthorizationCode:
        code, now = new_secret(), self._clock()

        def work(session: Session, account: Account) -> auth_pb2.AuthorizationCode:
            authorization = _asked(session, request.authorization)
            codes.add(session, AuthorizationCode.grant(authorization, user=account.user, digest=digest(code), now=now))
            return auth_pb2.AuthorizationCode(code=code)

        return await self._guard.command(
            lambda session: accounts.of_email(session, request.email), request.password, work
        )


def _asked(session: Session, request: auth_pb2.AuthorizationRequest) -> Authorization:
    """What a client may ask for, as things stand now."""
    name = f"clients/{request.client_id}"
    client = clients.find(session, name)
    if client is None:
        raise NotFound(name)
    return Authorization.ask(
        client,
        redirect_uri=request.redirect_uri,
        scopes=request.scopes,
        code_challenge=request.code_challenge,
        code_challenge_method=request.code_challenge_method,
    )
