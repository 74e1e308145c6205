"""Headers that the edge takes away and adds."""

from __future__ import annotations

import grpc
import httpx
import pytest

from chassis.context import INTERNAL
from chassis.server.authentication import AUTHORIZATION, END_USER
from innkeeper.users.v1.users_pb2 import GetUserRequest
from innkeeper.users.v1.users_pb2_grpc import UsersServiceStub
from services.registry.edge.headers import PAGE_POLICY
from tests.edge import RunningEdge
from tests.errors import refused

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    "name",
    [
        END_USER,
        END_USER.title(),
        "x-innkeeper-subject",
        "x-innkeeper-no-retry",
        "x-innkeeper-of-tomorrow",
        "x-envoy-original-path",
        "x-envoy-internal",
        "x-envoy-upstream-rq-timeout-ms",
        "forwarded",
        "x-real-ip",
        "x-forwarded-host",
    ],
)
async def test_what_only_those_inside_may_say_is_taken_away(echoing: RunningEdge, name: str) -> None:
    async with echoing.http(headers={name: "smuggled"}) as client:
        headers = (await client.get("/page")).json()["headers"]
    assert "smuggled" not in headers.values()


async def test_the_way_begins_at_the_edge(echoing: RunningEdge) -> None:
    async with echoing.http(headers={"x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "https"}) as client:
        headers = (await client.get("/page")).json()["headers"]
    assert "198.51.100.7" not in headers["x-forwarded-for"]
    assert headers["x-forwarded-proto"] == "http"
    assert headers["host"] == echoing.address
    assert not [name for name in headers if name.startswith(("x-envoy", "x-innkeeper", "x-request-id"))]


async def test_who_calls_a_service_cannot_be_made_up(echoing: RunningEdge) -> None:
    """Inside, a service may say for whom it calls: with this token and this header there would be an answer."""
    running = echoing.platform
    token = running.token("clients/booking", [INTERNAL, "users.read"])
    metadata = [(AUTHORIZATION, f"Bearer {token}"), (END_USER, running.token("users/ada", ["users.read"]))]
    request = GetUserRequest(name="users/ada")
    async with echoing.channel() as channel, refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await UsersServiceStub(channel).GetUser(request, metadata=metadata)


ANSWERS = {
    "a page": ("GET", "/page", {}),
    "a call": ("GET", "/v1/hotels", {}),
    "a call without a token": ("GET", "/v1/users/ada", {}),
    "what cannot be read": ("GET", "/v1/hotels?nonsense=1", {}),
    "what is refused at once": ("GET", "/%2F", {}),
    "headers that are too large": ("GET", "/page", {"x-large": "x" * 40_000}),
}


@pytest.mark.parametrize("case", ANSWERS)
async def test_every_answer_has_what_protects_browsers(echoing: RunningEdge, case: str) -> None:
    method, path, headers = ANSWERS[case]
    async with echoing.http(headers=headers) as client:
        answer = await client.request(method, path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["content-security-policy"] == PAGE_POLICY
    assert "strict-transport-security" not in answer.headers
    _tells_nothing(answer)


async def test_a_page_has_a_policy_of_its_own(echoing: RunningEdge) -> None:
    async with echoing.http() as client:
        answer = await client.get("/page", params={"content-security-policy": "default-src 'none'", "server": "own"})
    assert answer.headers["content-security-policy"] == "default-src 'none'"
    _tells_nothing(answer)


@pytest.mark.parametrize("path", ["/v1/hotels", "/v1/hotels/none", "/v1/users/ada", "/v1/mesh:watch"])
async def test_by_rest_nothing_is_left_of_grpc(echoing: RunningEdge, path: str) -> None:
    token = echoing.platform.token("clients/operator", ["registry.read"]) if "mesh" in path else ""
    async with echoing.http(token=token) as client, client.stream("GET", path) as answer:
        assert not [name for name in answer.headers if name.startswith("grpc-")]


def _tells_nothing(answer: httpx.Response) -> None:
    telling = [name for name in answer.headers if name in ("server", "x-powered-by") or name.startswith("x-envoy")]
    assert not telling
