"""Access tokens: JWTs by the profile of RFC 9068."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from chassis.security.verification import ALGORITHM, TYPE
from services.auth.signing_keys import SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessClaims:
    """What an access token says. `family` is the sign-in that it comes from, empty for a client's own token."""

    subject: str
    client_id: str
    scopes: frozenset[str]
    audience: str
    issuer: str
    issue_time: datetime
    expire_time: datetime
    jti: str
    family: str = ""


class AccessTokens:
    """Writes and reads the access tokens of one issuer for one audience, each good for `life`."""

    def __init__(self, *, issuer: str, audience: str, life: timedelta) -> None:
        self.life = life
        self.audience = audience
        self.issuer = issuer

    def issue(
        self, key: ECKey, *, subject: str, client_id: str, scopes: frozenset[str], now: datetime, family: str = ""
    ) -> str:
        """A new token, signed with that key. `family` travels as `sid`."""
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": subject,
            "aud": self.audience,
            "exp": int((now + self.life).timestamp()),
            "iat": int(now.timestamp()),
            "jti": str(uuid4()),
            "client_id": client_id,
            "scope": " ".join(sorted(scopes)),
        }
        if family:
            claims["sid"] = family
        return jwt.encode({"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])

    def read(self, token: str, keys: Sequence[SigningKey], now: datetime) -> AccessClaims | None:
        """What a token says that one of the keys signed and that is good at that moment; None of any other text."""
        rules = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.audience},
            exp={"essential": True},
        )
        try:
            decoded = jwt.decode(token, KeySet([key.public for key in keys]), algorithms=[ALGORITHM])
            rules.validate(decoded.claims)
        except (JoseError, ValueError):
            return None
        return _claims(decoded.claims) if decoded.header.get("typ") == TYPE else None


def _claims(claims: dict[str, Any]) -> AccessClaims:
    return AccessClaims(
        subject=claims["sub"],
        client_id=claims["client_id"],
        scopes=frozenset(claims["scope"].split()),
        audience=claims["aud"],
        issuer=claims["iss"],
        issue_time=datetime.fromtimestamp(claims["iat"], UTC),
        expire_time=datetime.fromtimestamp(claims["exp"], UTC),
        jti=claims["jti"],
        family=claims.get("sid", ""),
    )
