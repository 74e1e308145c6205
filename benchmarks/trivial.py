"""The subject of the call benchmarks: a method that does nothing, behind the whole chassis and behind nothing."""

from __future__ import annotations

import time
from typing import Any

import grpc
from joserfc import jwt
from joserfc.jwk import ECKey

from chassis.observability.access_log import AccessLog
from chassis.observability.logs import lines_writer
from chassis.observability.metrics import Metrics
from chassis.observability.tracing import Tracing
from chassis.security.verification import TokenVerifier
from chassis.server.admission import AdmissionInterceptor
from chassis.server.endpoint import Endpoint, endpoints
from chassis.server.overload import Overload
from chassis.settings import Settings
from chassis.stack import server_stack
from innkeeper.auth.v1.auth_pb2 import Jwk, Jwks
from innkeeper.users.v1 import users_pb2, users_pb2_grpc

CONTRACT = users_pb2.DESCRIPTOR.services_by_name["UsersService"]
REQUEST = users_pb2.GetUserRequest(name="users/ada")
ANSWER = users_pb2.User(name="users/ada", given_name="Ada", email="ada@example.org")


class TrivialServicer:
    """Every method of the contract is there; the one that is measured answers at once."""

    async def get_user(self, request: users_pb2.GetUserRequest) -> users_pb2.User:
        return ANSWER

    def __getattr__(self, name: str) -> Any:
        return self.get_user


class BareServicer(users_pb2_grpc.UsersServiceServicer):
    """The same answer, by grpc.aio alone."""

    async def GetUser(self, request: users_pb2.GetUserRequest, context: Any) -> users_pb2.User:
        """The method that is measured."""
        return ANSWER


class Signer:
    """Signs the token that the calls bring, and publishes its key."""

    def __init__(
        self,
        key: ECKey | None = None,
        *,
        issuer: str = "innkeeper",
        subject: str = "users/ada",
        scope: str = "users.read",
    ) -> None:
        self._key = key or ECKey.generate_key("P-256", parameters={"kid": "bench"})
        claims = {
            "iss": issuer,
            "aud": ["innkeeper"],
            "sub": subject,
            "scope": scope,
            "exp": int(time.time()) + 3600,
        }
        token = jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "bench"}, claims, self._key)
        self.authorization = f"Bearer {token}"

    async def bearer(self) -> str:
        """The metadata value, as a client asks for it."""
        return self.authorization

    async def jwks(self) -> Jwks:
        """The public key."""
        public = {name: str(value) for name, value in self._key.as_dict(private=False).items()}
        return Jwks(
            keys=[Jwk(kty="EC", crv="P-256", kid="bench", use="sig", alg="ES256", x=public["x"], y=public["y"])]
        )


def chassis_endpoints(signer: Signer) -> dict[str, Endpoint]:
    """The trivial service behind every interceptor: token, tracing unsampled, metrics, access log, validation,
    deadline."""
    metrics = Metrics()
    stack = server_stack(
        CONTRACT.file,
        tracing=Tracing("bench", 0.0, None),
        metrics=metrics,
        access_log=AccessLog(lines_writer(Settings.read())),
        admission=AdmissionInterceptor(Overload(1000), metrics),
        verifier=TokenVerifier(signer.jwks, "innkeeper", "innkeeper"),
    )
    return endpoints(CONTRACT, TrivialServicer(), stack)


async def start_bare() -> tuple[grpc.aio.Server, str]:
    """The trivial service on a bare grpc.aio server, and its address."""
    server = grpc.aio.server()
    users_pb2_grpc.add_UsersServiceServicer_to_server(BareServicer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return server, f"127.0.0.1:{port}"
