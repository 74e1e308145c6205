"""An identity for tests: signs tokens for anybody, and trusts the auth service's keys as well where that runs."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable

from joserfc import jwt
from joserfc.jwk import ECKey

from chassis.client.credentials import TokenSource
from chassis.settings import Settings
from innkeeper.auth.v1.auth_pb2 import GetJwksRequest, Jwk, Jwks
from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceStub


class TestIdentity:
    """Stands where `chassis.identity.AuthIdentity` stands."""

    __test__ = False

    def __init__(self, scopes_of: Callable[[str], Iterable[str]]) -> None:
        self.key = ECKey.generate_key("P-256", parameters={"kid": f"test-{uuid.uuid4()}"})
        self.scopes_of = scopes_of
        self.auth: AuthServiceStub | None = None

    async def jwks(self) -> Jwks:
        """The test key, and the keys of the auth service where it runs."""
        public = {name: str(value) for name, value in self.key.as_dict(private=False).items()}
        own = Jwk(kty="EC", crv="P-256", kid=public["kid"], use="sig", alg="ES256", x=public["x"], y=public["y"])
        others = (await self.auth.GetJwks(GetJwksRequest())).keys if self.auth else []
        return Jwks(keys=[own, *others])

    def tokens(self, client_id: str) -> TokenSource:
        """Tokens of a service, with the scopes that its contract-derived client has."""
        return _Fixed(f"Bearer {self.sign(f'clients/{client_id}', self.scopes_of(client_id))}")

    def sign(
        self,
        subject: str,
        scopes: Iterable[str],
        *,
        expires_in: float = 600,
        key: ECKey | None = None,
        typ: str = "at+jwt",
        **claims: object,
    ) -> str:
        """An access token that says what it is told to say: `claims` take the place of the usual ones, and leave out
        those that are None."""
        key = key or self.key
        usual = {
            "iss": Settings().public_url,
            "aud": ["innkeeper"],
            "sub": subject,
            "scope": " ".join(scopes),
            "iat": int(time.time()),
            "exp": int(time.time() + expires_in),
            "jti": str(uuid.uuid4()),
        }
        said = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode({"alg": "ES256", "typ": typ, "kid": key.kid}, said, key)


class _Fixed:
    def __init__(self, bearer: str) -> None:
        self._bearer = bearer

    async def bearer(self) -> str:
        return self._bearer
