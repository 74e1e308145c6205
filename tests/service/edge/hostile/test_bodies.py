"""Bodies of REST that are no good JSON or no good request."""

from __future__ import annotations

import pytest
from google.protobuf.json_format import ParseDict
from google.rpc.status_pb2 import Status

from tests.edge import RunningEdge
from tests.service.edge.hostile.bodies import BODIES, GOOD, TAKEN
from tests.service.edge.hostile.conftest import logged

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("unharmed")]


@pytest.mark.parametrize("body", [pytest.param(body, id=name) for name, body in BODIES.items()])
async def test_what_is_no_request(edge: RunningEdge, body: bytes) -> None:
    before = len(edge.logged())
    async with edge.http() as http:
        answer = await http.post("/v1/hotels:search", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert ParseDict(answer.json(), Status()).code
    assert await logged(edge, "path=/v1/hotels:search status=400", after=before)


async def test_the_request_that_they_are_made_of_is_good(edge: RunningEdge) -> None:
    async with edge.http() as http:
        answer = await http.post("/v1/hotels:search", content=GOOD, headers={"content-type": "application/json"})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("body", [pytest.param(body, id=name) for name, body in TAKEN.items()])
async def test_what_is_taken_all_the_same(edge: RunningEdge, body: bytes) -> None:
    async with edge.http() as http:
        answer = await http.post("/v1/hotels:search", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (200, 400, 404), answer.text


@pytest.mark.parametrize(
    "kind", ["text/plain", "text/xml", "multipart/form-data; boundary=a", "application/x-protobuf"]
)
async def test_another_type_of_content(edge: RunningEdge, kind: str) -> None:
    """JSON is what REST speaks, whatever the header says; there is no cookie that a form on another page could use."""
    async with edge.http() as http:
        good = await http.post("/v1/hotels:search", content=GOOD, headers={"content-type": kind})
        bad = await http.post("/v1/hotels:search", content=b"city=Vienna", headers={"content-type": kind})
    assert (good.status_code, bad.status_code) == (200, 400), bad.text
    assert "set-cookie" not in good.headers
