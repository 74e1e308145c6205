"""Access tokens at the edge."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable

import grpc
import pytest
from joserfc.jwk import ECKey

from chassis.server.authentication import AUTHORIZATION
from innkeeper.hotels.v1.hotels_pb2 import ListHotelsRequest
from innkeeper.hotels.v1.hotels_pb2_grpc import HotelsServiceStub
from innkeeper.users.v1.users_pb2 import GetUserRequest
from innkeeper.users.v1.users_pb2_grpc import UsersServiceStub
from tests.edge import RunningEdge
from tests.errors import refused
from tests.identity import TestIdentity

pytestmark = pytest.mark.asyncio(loop_scope="session")

CLAIMS = {"iss": "http://127.0.0.1:8080", "aud": ["innkeeper"], "sub": "users/ada", "exp": 4_000_000_000}


def _unsigned(identity: TestIdentity) -> str:
    return _said("none", identity) + "."


def _by_public_key(identity: TestIdentity) -> str:
    """Signed with the public key as if it were a secret that both sides share."""
    said = _said("HS256", identity)
    return f"{said}.{_base64(hmac.digest(identity.key.as_pem(private=False), said.encode(), 'sha256'))}"


def _said(algorithm: str, identity: TestIdentity) -> str:
    parts = ({"alg": algorithm, "typ": "at+jwt", "kid": identity.key.kid}, CLAIMS)
    return ".".join(_base64(json.dumps(part).encode()) for part in parts)


def _base64(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


BAD: dict[str, tuple[str, Callable[[TestIdentity], str]]] = {
    "no token at all": ("TOKEN_INVALID", lambda _: "nonsense"),
    "expired": ("TOKEN_EXPIRED", lambda identity: identity.sign("users/ada", [], expires_in=-60)),
    "without an end": ("TOKEN_INVALID", lambda identity: identity.sign("users/ada", [], exp=None)),
    "of another issuer": ("TOKEN_INVALID", lambda identity: identity.sign("users/ada", [], iss="https://evil.example")),
    "for another audience": ("TOKEN_INVALID", lambda identity: identity.sign("users/ada", [], aud=["bank"])),
    "of another key": (
        "TOKEN_INVALID",
        lambda identity: identity.sign("users/ada", [], key=ECKey.generate_key("P-256", {"kid": identity.key.kid})),
    ),
    "of a key that nobody knows": (
        "TOKEN_INVALID",
        lambda identity: identity.sign("users/ada", [], key=ECKey.generate_key("P-256", {"kid": "unknown"})),
    ),
    "unsigned": ("TOKEN_INVALID", _unsigned),
    "signed with the public key": ("TOKEN_INVALID", _by_public_key),
}


@pytest.mark.parametrize("path", ["/v1/hotels", "/v1/users/ada", "/page"])
@pytest.mark.parametrize("case", BAD)
async def test_a_bad_token_is_let_in_nowhere(echoing: RunningEdge, case: str, path: str) -> None:
    reason, make = BAD[case]
    async with echoing.http(token=make(echoing.platform.identity)) as client:
        answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (401, 16)
    assert answer.json()["details"][0]["reason"] == reason
    assert answer.headers["www-authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("case", BAD)
async def test_nor_by_grpc(echoing: RunningEdge, case: str) -> None:
    reason, make = BAD[case]
    metadata = [(AUTHORIZATION, f"Bearer {make(echoing.platform.identity)}")]
    async with echoing.channel() as channel, refused(grpc.StatusCode.UNAUTHENTICATED, reason):
        await HotelsServiceStub(channel).ListHotels(ListHotelsRequest(), metadata=metadata)


async def test_who_needs_a_token_is_told(echoing: RunningEdge) -> None:
    async with echoing.http() as client:
        answer = await client.get("/v1/users/ada")
    assert (answer.status_code, answer.json()["details"][0]["reason"]) == (401, "TOKEN_MISSING")
    async with echoing.channel() as channel, refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"):
        await UsersServiceStub(channel).GetUser(GetUserRequest(name="users/ada"))


async def test_a_token_in_the_query_counts_for_nothing(echoing: RunningEdge) -> None:
    async with echoing.http() as client:
        answer = await client.get("/page", params={"access_token": "nonsense"})
        assert answer.status_code == 200
        answer = await client.get("/v1/users/ada", params={"access_token": echoing.platform.token()})
    assert answer.status_code == 400, "the method has no such parameter"


async def test_a_good_token_goes_on_to_the_service(echoing: RunningEdge) -> None:
    token = echoing.platform.token("users/ada", ["users.read"])
    async with echoing.http(token=token) as client:
        headers = (await client.get("/page")).json()["headers"]
        answer = await client.get("/v1/users/ada")
    assert headers["authorization"] == f"Bearer {token}"
    assert (answer.status_code, answer.json()["details"][0]["reason"]) == (404, "RESOURCE_NOT_FOUND")


async def test_other_credentials_are_for_the_service(echoing: RunningEdge) -> None:
    async with echoing.http(auth=("client", "secret")) as client:
        headers = (await client.get("/page")).json()["headers"]
    assert headers["authorization"].startswith("Basic ")
