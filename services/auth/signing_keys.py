"""The keys that sign access tokens: ECDSA on P-256 with SHA-256 (ES256, RFC 7518 section 3.4).

One key signs at a time, and the next is prepared. Their private parts are stored encrypted, under a secret that is not
in the database, and destroyed as soon as a key signs no more; the public part stays for as long as there may be tokens
that need it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from cryptography.fernet import Fernet
from joserfc.jwk import ECKey

CLOCK_SKEW: Final = timedelta(minutes=1)
"""How far the clocks of those who verify tokens may be behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A key pair, or what is left of it.

    `kid` is the thumbprint of the public part (RFC 7638); `x` and `y` are its coordinates, base64url without padding.
    `sealed` is the encrypted private part, None of a key that signs no more; `prepared` says that it does not sign yet.
    `expire_time` is when a key that signs no more is not needed to verify either; None of any other.
    """

    kid: str
    x: str
    y: str
    create_time: datetime
    sealed: bytes | None = field(default=None, repr=False)
    expire_time: datetime | None = None
    prepared: bool = False

    def promote(self) -> SigningKey:
        """The key as it is once it signs."""
        return replace(self, prepared=False)

    def retire(self, *, now: datetime, longest_token_life: timedelta) -> SigningKey:
        """The key as it is once another signs: good to verify until the last token that it signed has expired."""
        return replace(self, sealed=None, expire_time=now + longest_token_life + CLOCK_SKEW)

    @property
    def public(self) -> ECKey:
        """The part that verifies."""
        return ECKey.import_key({"kty": "EC", "crv": "P-256", "x": self.x, "y": self.y}, {"kid": self.kid})


class KeySeal:
    """Makes keys, and keeps their private parts from whoever has only the database.

    Args:
        secret: 32 random bytes, the same as long as the keys.
    """

    def __init__(self, secret: bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(secret))

    def generate(self, now: datetime, *, prepared: bool = False) -> SigningKey:
        """A new key, sealed; one that signs at once, or later."""
        key = ECKey.generate_key("P-256", auto_kid=True)
        public = key.as_dict()
        return SigningKey(
            kid=str(public["kid"]),
            x=str(public["x"]),
            y=str(public["y"]),
            create_time=now,
            sealed=self._fernet.encrypt(key.as_der(private=True)),
            prepared=prepared,
        )

    def open(self, key: SigningKey) -> ECKey:
        """The pair of the key that signs. Raises cryptography.fernet.InvalidToken where another secret sealed it."""
        assert key.sealed is not None, f"{key.kid} signs no more"
        return ECKey.import_key(self._fernet.decrypt(key.sealed), {"kid": key.kid})
