"""Pages that call from a browser."""

from __future__ import annotations

import pytest

from tests.edge import RunningEdge, StartEdge
from tests.service.registry.edge.conftest import ORIGIN
from tests.service.registry.edge.echo import ECHO

pytestmark = pytest.mark.asyncio(loop_scope="session")

ELSEWHERE = "https://elsewhere.example"
ASKED = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,idempotency-key"}


@pytest.mark.parametrize("path", ["/v1/hotels", "/innkeeper.hotels.v1.HotelsService/ListHotels", "/page"])
async def test_a_page_that_may_call_asks_first(echoing: RunningEdge, path: str) -> None:
    async with echoing.http(headers={"origin": ORIGIN, **ASKED}) as client:
        answer = await client.options(path)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert {"PATCH", "DELETE", "POST"} <= set(answer.headers["access-control-allow-methods"].split(", "))
    allowed = answer.headers["access-control-allow-headers"].split(", ")
    assert {"authorization", "idempotency-key", "traceparent", "x-grpc-web"} <= set(allowed)
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers["vary"] == "Origin"


async def test_it_reads_the_status_of_a_call(echoing: RunningEdge) -> None:
    async with echoing.http(headers={"origin": ORIGIN}) as client:
        answer = await client.get("/v1/users/ada")
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (401, ORIGIN)
    assert answer.headers["vary"] == "Origin"
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert {"grpc-status", "grpc-message", "grpc-status-details-bin", "retry-after"} <= set(exposed)


@pytest.mark.parametrize("origin", [ELSEWHERE, f"{ORIGIN}.evil.example", "null"])
async def test_a_page_of_elsewhere_is_not_let_in(echoing: RunningEdge, origin: str) -> None:
    async with echoing.http(headers={"origin": origin}) as client:
        asked = await client.options("/v1/hotels", headers=ASKED)
        answer = await client.get("/v1/hotels")
    assert "access-control-allow-origin" not in {*asked.headers, *answer.headers}
    assert answer.headers["vary"] == "Origin", "it would be another one for others"


async def test_what_an_answer_varies_by_otherwise_stays(echoing: RunningEdge) -> None:
    async with echoing.http() as client:
        answer = await client.get("/page?vary=Accept")
    assert answer.headers.get_list("vary", split_commas=True) == ["Accept", "Origin"]


@pytest.mark.asyncio
async def test_all_may_call_or_nobody(start_edge: StartEdge) -> None:
    for origins, allowed in (("*", ELSEWHERE), ("", None)):
        edge = await start_edge("registry", "web", altered={"web": ECHO}, edge_origins=origins)
        async with edge.http(headers={"origin": ELSEWHERE}) as client:
            answer = await client.get("/page")
        assert answer.headers.get("access-control-allow-origin") == allowed
        assert answer.headers.get("vary") == (allowed and "Origin")
