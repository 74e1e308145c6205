"""What a client asks a user for, and the code that stands for the user's consent (RFC 6749 section 4.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chassis.refusal import Refusal
from services.auth.client import Client
from services.auth.code_challenge import check_code_challenge, is_met
from services.auth.redirect_uri import check_redirect_uri
from services.auth.scopes import TRAVELLER, ScopeNotGranted, granted

CODE_LIFE: Final = timedelta(seconds=60)


class AuthorizationCodeInvalid(Refusal):
    """The code is unknown or has run out, or was given to another client, redirect URI or code verifier."""

    reason = "AUTHORIZATION_CODE_INVALID"


class AuthorizationCodeReused(Refusal):
    """The code was used before: the tokens that it was given for are to be revoked."""

    reason = "AUTHORIZATION_CODE_REUSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """What a client may ask for, and asks a user for."""

    client: Client
    redirect_uri: str
    scopes: frozenset[str]
    code_challenge: str

    @classmethod
    def ask(
        cls,
        client: Client,
        *,
        redirect_uri: str,
        scopes: Iterable[str],
        code_challenge: str,
        code_challenge_method: str,
    ) -> Authorization:
        """What the client asks for, where it may.

        A client has no more of a user's rights than it is registered for. Raises RedirectUriMismatch before all else,
        since until then nobody knows whether the client is at that address; CodeChallengeInvalid, ScopeNotGranted.
        """
        check_redirect_uri(client.redirect_uris, redirect_uri)
        check_code_challenge(code_challenge, code_challenge_method)
        allowed = granted(client.scopes & TRAVELLER, scopes)
        if not allowed:
            raise ScopeNotGranted("the client is registered for nothing that is a traveller's", scopes="")
        return cls(client=client, redirect_uri=redirect_uri, scopes=allowed, code_challenge=code_challenge)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCode:
    """A user's consent, known by the digest of the code's text. `family` is the sign-in that the code was used for,
    empty as long as it was not."""

    digest: bytes
    client_id: str
    user: str
    redirect_uri: str
    scopes: frozenset[str]
    code_challenge: str
    expire_time: datetime
    family: str = ""

    @classmethod
    def grant(cls, authorization: Authorization, *, user: str, digest: bytes, now: datetime) -> AuthorizationCode:
        """The code by which a user grants what a client asks for."""
        return cls(
            digest=digest,
            client_id=authorization.client.client_id,
            user=user,
            redirect_uri=authorization.redirect_uri,
            scopes=authorization.scopes,
            code_challenge=authorization.code_challenge,
            expire_time=now + CODE_LIFE,
        )

    def check(self, client: Client, *, redirect_uri: str, code_verifier: str, now: datetime) -> None:
        """Raise AuthorizationCodeInvalid, AuthorizationCodeReused unless that client gets tokens for it.

        Whether it was used before is told first: a code that comes twice was seen by somebody else, be the rest right
        or wrong.
        """
        if self.client_id != client.client_id:
            raise invalid_code()
        if self.family:
            raise AuthorizationCodeReused("this code was used before, so what it was given for has ended: ask anew")
        if now >= self.expire_time or redirect_uri != self.redirect_uri:
            raise invalid_code()
        if not is_met(self.code_challenge, code_verifier):
            raise invalid_code()


def invalid_code() -> AuthorizationCodeInvalid:
    """The same for an unknown code, and for one that is another's, too old, or for another redirect URI or verifier."""
    return AuthorizationCodeInvalid("this authorization code is not good, or no longer: ask the user again")
