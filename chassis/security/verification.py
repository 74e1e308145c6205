"""Verifies access tokens (RFC 7519, RFC 9068) with the public keys of the auth service."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import ECKey

from chassis.context import Principal
from chassis.errors import platform_error
from chassis.security.public_keys import FetchJwks, PublicKeys
from innkeeper.auth.v1.auth_pb2 import Jwk

ALGORITHM = "ES256"
TYPE = "at+jwt"
"""What the header of an access token says in `typ` (RFC 9068 section 2.1)."""

CACHED = 10_000
"""Verified tokens that are remembered at most."""


class TokenVerifier:
    """Tells whom a token speaks for. A verified token is remembered until it expires: a signature takes 0.1 ms to
    check.

    Args:
        fetch: Asks the auth service for its keys.
        issuer: What the `iss` claim must be.
        audience: What the `aud` claim must hold.
        clock: Seconds since the epoch.
        own: Keys that are trusted besides.
    """

    def __init__(
        self,
        fetch: FetchJwks,
        issuer: str,
        audience: str,
        clock: Callable[[], float] = time.time,
        own: Sequence[Jwk] = (),
    ) -> None:
        self._keys = PublicKeys(fetch, own)
        self._clock = clock
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(clock()),
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
        )
        self._verified: dict[str, tuple[float, Principal]] = {}

    def remembered(self, token: str) -> Principal | None:
        """The principal of a token that was verified before and has not expired; None where it has to be verified."""
        known = self._verified.get(token)
        return known[1] if known is not None and known[0] > self._clock() else None

    async def verify(self, token: str) -> Principal:
        """The principal of a good token. Raises CallFailed with TOKEN_EXPIRED or TOKEN_INVALID for any other."""
        known = self.remembered(token)
        if known is not None:
            return known
        try:
            decoded = jwt.decode(token, await self._key_of(token), algorithms=[ALGORITHM])
            if decoded.header.get("typ") != TYPE:
                raise platform_error("TOKEN_INVALID", "the token is no access token")
            # When it was issued does not make it good or bad: the issuer's clock may be a little ahead of ours.
            self._claims.validate({name: value for name, value in decoded.claims.items() if name != "iat"})
        except ExpiredTokenError:
            raise platform_error("TOKEN_EXPIRED", "the access token has expired: refresh it") from None
        except (JoseError, ValueError, TypeError) as error:
            why = str(error).rstrip(": ")  # of joserfc some have a code and no words: `bad_signature: `
            raise platform_error("TOKEN_INVALID", f"the access token is not good: {why}") from None
        principal = _principal(decoded.claims)
        if len(self._verified) >= CACHED:
            self._verified.clear()
        self._verified[token] = (float(decoded.claims["exp"]), principal)
        return principal

    async def _key_of(self, token: str) -> ECKey:
        """The key that the token's header names, fetched where it is not known."""
        key = await self._keys.get(str(jws.extract_compact(token.encode()).headers().get("kid")))
        if key is None:
            raise ValueError("it is signed with a key that is not known here")
        return key


def _principal(claims: Mapping[str, Any]) -> Principal:
    """A user speaks for itself; a client speaks for no user, unless it sends a user's token along."""
    subject = str(claims["sub"])
    user = subject if subject.startswith("users/") else ""
    scopes = frozenset(str(claims.get("scope", "")).split())
    own = scopes if user else frozenset[str]()
    return Principal(subject=subject, user=user, scopes=scopes, user_scopes=own, expire_time=float(claims["exp"]))
