"""Issues tokens: to a user who signs in or goes on, and to a client in a user's name or in its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from chassis.storage.session import Session
from innkeeper.auth.v1 import auth_pb2
from services.auth.authorization import AuthorizationCode
from services.auth.client import SIGN_IN_CLIENT, Client
from services.auth.credentials import digest, new_secret
from services.auth.messages import tokens_message
from services.auth.refresh import TokenFamily, invalid
from services.auth.scopes import TRAVELLER, granted
from services.auth.signing_keys import KeySeal
from services.auth.store import codes, families, keys
from services.auth.tokens import AccessTokens


class Issuer:
    """Every method is part of a unit of work.

    Args:
        tokens: Writes access tokens.
        seal: Opens the signing key.
        refresh_life: How long a refresh token is good that nobody uses.
    """

    def __init__(self, tokens: AccessTokens, seal: KeySeal, refresh_life: timedelta) -> None:
        self._tokens = tokens
        self._seal = seal
        self._refresh_life = refresh_life

    def begin(self, session: Session, user: str, now: datetime) -> auth_pb2.Tokens:
        """The tokens of a new sign-in, with all that a traveller may."""
        family = TokenFamily.begin(user, SIGN_IN_CLIENT, TRAVELLER, now=now, life=self._refresh_life)
        return self._first(session, family, family.scopes, now)

    def for_code(
        self, session: Session, code: AuthorizationCode, scopes: Sequence[str], now: datetime
    ) -> auth_pb2.Tokens:
        """The tokens that a user has authorized a client to have. Raises ScopeNotGranted."""
        family = TokenFamily.begin(code.user, code.client_id, code.scopes, now=now, life=self._refresh_life)
        tokens = self._first(session, family, granted(code.scopes, scopes), now)
        codes.use(session, code, family.id)
        return tokens

    def renew(
        self, session: Session, refresh_token: str, client: Client | None, scopes: Sequence[str], now: datetime
    ) -> auth_pb2.Tokens:
        """The tokens that follow a refresh token, which the client brings that it was given to, or a user who signed in
        without one. Fewer scopes hold for the access token only (RFC 6749, section 6).

        Raises RefreshTokenInvalid, RefreshTokenReused, ScopeNotGranted.
        """
        used = families.find_token(session, digest(refresh_token))
        if used is None:
            raise invalid()
        client_id = SIGN_IN_CLIENT if client is None else client.client_id
        family = used.redeem(client_id, now=now, life=self._refresh_life)
        narrowed = granted(family.scopes, scopes)
        successor = new_secret()
        families.renew(session, family, used.digest, digest(successor))
        return self._for_user(session, family, narrowed, successor, now)

    def for_client(self, session: Session, client: Client, scopes: Sequence[str], now: datetime) -> auth_pb2.Tokens:
        """An access token for a client, which asks again by its own credentials. Raises ScopeNotGranted."""
        narrowed = granted(client.scopes, scopes)
        access_token = self._signed(session, client.name, client.client_id, narrowed, now)
        return tokens_message(access_token, life=self._tokens.life, scopes=narrowed, subject=client.name)

    def _first(self, session: Session, family: TokenFamily, scopes: frozenset[str], now: datetime) -> auth_pb2.Tokens:
        refresh_token = new_secret()
        families.begin(session, family, digest(refresh_token))
        return self._for_user(session, family, scopes, refresh_token, now)

    def _for_user(
        self, session: Session, family: TokenFamily, scopes: frozenset[str], refresh_token: str, now: datetime
    ) -> auth_pb2.Tokens:
        access_token = self._signed(session, family.user, family.client_id, scopes, now, family.id)
        return tokens_message(
            access_token, life=self._tokens.life, scopes=scopes, subject=family.user, refresh_token=refresh_token
        )

    def _signed(
        self, session: Session, subject: str, client_id: str, scopes: frozenset[str], now: datetime, family: str = ""
    ) -> str:
        signing = keys.signing(session)
        assert signing is not None, "a signing key is made before the first call"
        return self._tokens.issue(
            self._seal.open(signing), subject=subject, client_id=client_id, scopes=scopes, now=now, family=family
        )
