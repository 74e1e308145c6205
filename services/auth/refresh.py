"""Refresh tokens: each is good for one renewal, and one that comes twice ends the whole session.

This is refresh token rotation with reuse detection (RFC 9700, section 4.14.2): when a thief and the owner hold the same
token, the second of them to use it gives the theft away, whoever it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from chassis.refusal import Refusal


class RefreshTokenInvalid(Refusal):
    """The refresh token is unknown, has run out, or was revoked."""

    reason = "REFRESH_TOKEN_INVALID"


class RefreshTokenReused(Refusal):
    """The refresh token was used before: the whole family is to be revoked."""

    reason = "REFRESH_TOKEN_REUSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFamily:
    """All tokens that descend from one sign-in. `client_id` is the client that the user signed in for; `expire_time` is
    that of the newest refresh token."""

    id: str
    user: str
    client_id: str
    scopes: frozenset[str]
    create_time: datetime
    expire_time: datetime
    revoke_time: datetime | None = None

    @classmethod
    def begin(cls, user: str, client_id: str, scopes: frozenset[str], *, now: datetime, life: timedelta) -> TokenFamily:
        """The family of a new sign-in."""
        return cls(
            id=str(uuid4()), user=user, client_id=client_id, scopes=scopes, create_time=now, expire_time=now + life
        )

    def is_good(self, now: datetime) -> bool:
        """Whether its newest refresh token can still be used."""
        return self.revoke_time is None and now < self.expire_time


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """One token of a family, known by the digest of its text."""

    digest: bytes
    family: TokenFamily
    used: bool = False

    def is_good(self, now: datetime) -> bool:
        """Whether it can be used now."""
        return not self.used and self.family.is_good(now)

    def redeem(self, client_id: str, *, now: datetime, life: timedelta) -> TokenFamily:
        """The family as it is with a successor of this token, which that client brings. Raises RefreshTokenInvalid,
        RefreshTokenReused."""
        if self.family.client_id != client_id or not self.family.is_good(now):
            raise invalid()
        if self.used:
            raise RefreshTokenReused("this refresh token was used before, so its session has ended: sign in again")
        return replace(self.family, expire_time=now + life)


def invalid() -> RefreshTokenInvalid:
    """The same for an unknown token, and for one that has run out or was revoked."""
    return RefreshTokenInvalid("this refresh token is not good, or no longer: sign in again")
