"""How much one caller may do, and that no caller does it to another."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import httpx
import pytest
import pytest_asyncio
import websockets
from google.rpc.error_details_pb2 import RetryInfo

from chassis.errors import detail_of
from chassis.server.authentication import AUTHORIZATION
from innkeeper.hotels.v1.hotels_pb2 import ListHotelsRequest
from innkeeper.hotels.v1.hotels_pb2_grpc import HotelsServiceStub
from services.registry.edge.rate_limits import BURST, SHARED
from tests.edge import RunningEdge, platform_behind_edge
from tests.errors import refused
from tests.service.registry.edge.echo import ECHO
from tests.service.registry.edge.test_websocket import connecting

pytestmark = pytest.mark.asyncio(loop_scope="session")

CLIENT, ADDRESS = 3, 25
"""All that the tests send comes from one address, and has room in what is left to that."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def narrow(tmp_path_factory: pytest.TempPathFactory, envoy: Path) -> AsyncIterator[RunningEdge]:
    """An edge that lets little through."""
    directory = tmp_path_factory.mktemp("narrow") / "data"
    rates = {"edge_client_rate": CLIENT, "edge_address_rate": ADDRESS}
    async with platform_behind_edge(directory, ("registry", "hotels", "web"), altered={"web": ECHO}, **rates) as edge:
        yield edge


async def answers(client: httpx.AsyncClient, count: int, path: str = "/v1/hotels") -> Counter[int]:
    """How so many requests at once are answered."""
    sent = await asyncio.gather(*(client.get(path) for _ in range(count)))
    return Counter(answer.status_code for answer in sent)


def most_since(begun: float, rate: int) -> int:
    """How many requests are let through since then at that rate: a bucket that was full, and each time it is filled."""
    return BURST * rate + rate * (int(time.monotonic() - begun) + 1)


async def test_each_client_has_its_own_share(narrow: RunningEdge) -> None:
    ada, bob = (narrow.platform.token(f"users/{name}") for name in ("ada", "bob"))
    begun = time.monotonic()
    async with narrow.http(token=ada) as client:
        of_ada = await answers(client, 40)
    most = most_since(begun, CLIENT)
    async with narrow.http(token=bob) as client:
        first = await client.get("/v1/hotels")
    assert BURST * CLIENT <= of_ada[200] <= most
    assert of_ada[200] + of_ada[429] == 40
    assert first.status_code == 200
    assert first.headers["x-ratelimit-limit"] == str(BURST * CLIENT)


async def test_two_tokens_of_one_client_have_one_share(narrow: RunningEdge) -> None:
    begun = time.monotonic()
    async with narrow.http() as client:
        tokens = [narrow.platform.token("clients/partner") for _ in range(40)]
        sent = await asyncio.gather(
            *(client.get("/v1/hotels", headers={AUTHORIZATION: f"Bearer {token}"}) for token in tokens)
        )
    assert Counter(answer.status_code for answer in sent)[200] <= most_since(begun, CLIENT)


@pytest.mark.parametrize("path", ["/v1/hotels", "/healthz"])
async def test_who_has_no_token_is_counted_by_address(narrow: RunningEdge, path: str) -> None:
    begun = time.monotonic()
    async with narrow.http() as client:
        sent = await asyncio.gather(
            *(client.get(path, headers={"x-forwarded-for": f"198.51.100.{number}"}) for number in range(200))
        )
    refusals = [answer for answer in sent if answer.status_code == 429]
    assert len(sent) - len(refusals) <= most_since(begun, ADDRESS)
    assert refusals[0].headers["retry-after"] == "1"
    assert refusals[0].json()["details"][0]["reason"] == "RATE_LIMITED"
    async with narrow.http(token=narrow.platform.token("users/eve")) as client:
        assert (await client.get(path)).status_code == 200, "who has a token is not held back by who has none"


async def test_there_is_more_after_a_moment(narrow: RunningEdge) -> None:
    async with narrow.http(token=narrow.platform.token("users/dan")) as client, asyncio.timeout(20):
        while (answer := await client.get("/v1/hotels")).status_code == 200:
            pass
        await asyncio.sleep(float(answer.headers["retry-after"]))
        assert (await client.get("/v1/hotels")).status_code == 200


async def test_grpc_is_told_when_to_come_again(narrow: RunningEdge) -> None:
    metadata = [(AUTHORIZATION, f"Bearer {narrow.platform.token('users/fay')}")]
    async with narrow.channel() as channel:
        stub = HotelsServiceStub(channel)
        async with refused(grpc.StatusCode.RESOURCE_EXHAUSTED, "RATE_LIMITED") as told:
            for _ in range(100):
                await stub.ListHotels(ListHotelsRequest(), metadata=metadata)
    retry = detail_of(told.error, RetryInfo)
    assert retry is not None
    assert retry.retry_delay.ToTimedelta().total_seconds() == 1


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared(tmp_path_factory: pytest.TempPathFactory, envoy: Path) -> AsyncIterator[RunningEdge]:
    """An edge that lets little through of an address."""
    directory = tmp_path_factory.mktemp("shared") / "data"
    names = ("registry", "hotels", "web")
    async with platform_behind_edge(directory, names, altered={"web": ECHO}, edge_address_rate=1) as edge:
        yield edge


LIST_HOTELS = "/innkeeper.hotels.v1.HotelsService/ListHotels"
BAD = {"authorization": "Bearer x.y.z"}
REFUSED = {
    "a bad token": (401, "GET", "/v1/hotels", BAD),
    "a bad token for a page": (401, "GET", "/page", BAD),
    "a query that nobody knows": (400, "GET", "/v1/hotels?nonsense=1", {}),
    "gRPC-Web": (200, "POST", LIST_HOTELS, {"content-type": "application/grpc-web+proto", **BAD}),
    "a method that is not there": (200, "POST", "/toy.v1.Toy/Nothing", {"content-type": "application/grpc", **BAD}),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_refused_is_counted_too(shared: RunningEdge, case: str) -> None:
    status, method, path, headers = REFUSED[case]
    begun = time.monotonic()
    async with shared.http(headers=headers) as client:
        sent = await asyncio.gather(*(client.request(method, path) for _ in range(120)))
    limited = [answer for answer in sent if answer.status_code == 429 or answer.headers.get("grpc-status") == "8"]
    assert len(sent) - len(limited) <= most_since(begun, SHARED)
    assert {answer.status_code for answer in sent} <= {status, 429}
    assert all(answer.headers["retry-after"] == "1" for answer in limited)
    if status != 200:
        assert limited[0].json()["details"][0]["reason"] == "RATE_LIMITED"


async def test_websockets_that_are_refused_are_counted_too(shared: RunningEdge) -> None:
    answered: list[int] = []
    async with asyncio.timeout(20):
        while 429 not in answered:
            with pytest.raises(websockets.InvalidStatus) as raised:
                async with connecting(shared, additional_headers=BAD):
                    pass
            answered.append(raised.value.response.status_code)
    assert set(answered) <= {401, 429}
    assert raised.value.response.headers["retry-after"] == "1"
