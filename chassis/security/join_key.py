"""How a process proves to the registry that it is of the platform, before there is an auth service to ask for a token.

Whoever has the platform's secrets has the key, and signs its own tokens with it; the registry verifies them without
asking anyone. No other service takes them.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.jwk import ECKey

from chassis.context import INTERNAL
from chassis.security.secrets import Secrets
from chassis.security.verification import ALGORITHM, TYPE
from innkeeper.auth.v1.auth_pb2 import Jwk

KEY_ID = "join"
SCOPE = "registry.instances"
LIFE = 600.0
"""Seconds that a token is good."""

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of the curve's base point (SEC 2, section 2.4.2)."""


class JoinKey:
    """An ECDSA key made from a secret of the platform, the same in every process that has the secret."""

    def __init__(self, secrets: Secrets, issuer: str, audience: str) -> None:
        scalar = int.from_bytes(secrets.get("join"), "big") % (P256_ORDER - 1) + 1
        private = ec.derive_private_key(scalar, ec.SECP256R1())
        self._key = ECKey.import_key(private, {"kid": KEY_ID})
        self._issuer = issuer
        self._audience = audience

    @property
    def public(self) -> Jwk:
        """What verifies its tokens."""
        public = self._key.as_dict(private=False)
        return Jwk(kty="EC", crv="P-256", kid=KEY_ID, use="sig", alg=ALGORITHM, x=str(public["x"]), y=str(public["y"]))

    def sign(self, service: str) -> str:
        """A token by which that service may register, and nothing else."""
        claims = {
            "iss": self._issuer,
            "aud": [self._audience],
            "sub": f"clients/{service}",
            "scope": f"{INTERNAL} {SCOPE}",
            "exp": int(time.time() + LIFE),
        }
        return jwt.encode({"alg": ALGORITHM, "typ": TYPE, "kid": KEY_ID}, claims, self._key)


class JoinTokens:
    """Tokens of one service, renewed in time."""

    def __init__(self, key: JoinKey, service: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._key = key
        self._service = service
        self._clock = clock
        self._bearer = ""
        self._renew_at = float("-inf")

    async def bearer(self) -> str:
        """The metadata value: `Bearer` and a token that is good for some time yet."""
        if self._clock() >= self._renew_at:
            self._bearer = f"Bearer {self._key.sign(self._service)}"
            self._renew_at = self._clock() + LIFE / 2
        return self._bearer
