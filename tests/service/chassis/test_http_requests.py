"""What a request by HTTP is on its way: who asks, in which trace, what is answered, and what is noted of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import grpc
import httpx
import pytest
from google.rpc.code_pb2 import Code
from starlette.exceptions import HTTPException
from starlette.requests import Request

from chassis.addresses import parted
from chassis.context import current_context, principal
from chassis.errors import platform_error
from chassis.http.exchange import answer_of
from chassis.refusal import InvalidField, NotFound
from chassis.service import Kit
from tests.conftest import RunningPlatform, StartPlatform
from tests.toy import contract
from tests.toy.contract import message, told
from tests.toy.pages import page, pages
from tests.toy.service import Toy, toy

TRACE = "0af7651916cd43dd8448eb211c80319c"


async def get(running: RunningPlatform, path: str = "/", *, method: str = "GET", **headers: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.request(method, f"http://{running.platform.http_address}{path}", headers=headers)


def raising(error: Exception) -> Callable[[Request], object]:
    def answer(_: Request) -> object:
        raise error

    return answer


GONE = grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata(), "gone")


@pytest.mark.parametrize(
    ("error", "http_code", "code", "reason"),
    [
        pytest.param(NotFound("no such room"), 404, Code.NOT_FOUND, "RESOURCE_NOT_FOUND", id="a refusal"),
        pytest.param(InvalidField("night", "is over"), 400, Code.INVALID_ARGUMENT, "INVALID_FIELD", id="a field"),
        pytest.param(platform_error("SCOPE_MISSING", "no"), 403, Code.PERMISSION_DENIED, "SCOPE_MISSING", id="ours"),
        pytest.param(GONE, 503, Code.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE", id="another service"),
        pytest.param(TimeoutError(), 504, Code.DEADLINE_EXCEEDED, "DEADLINE_PASSED", id="too late"),
        pytest.param(HTTPException(415, "no"), 415, Code.INVALID_ARGUMENT, "REQUEST_MALFORMED", id="of HTTP"),
        pytest.param(RuntimeError("secret"), 500, Code.INTERNAL, "INTERNAL", id="a defect"),
    ],
)
async def test_whatever_fails_is_told_in_one_form(
    toys: StartPlatform, error: Exception, http_code: int, code: int, reason: str
) -> None:
    running = await toys(pages(lambda kit: [page("/", raising(error))]), log_level="error")
    answer = await get(running)
    said = answer.json()
    assert (answer.status_code, said["code"], said["details"][0]["reason"]) == (http_code, code, reason)
    assert said["details"][0]["@type"] == "type.googleapis.com/google.rpc.ErrorInfo"
    assert "secret" not in answer.text
    assert ("retry-after" in answer.headers) == (http_code == 503)


@pytest.mark.parametrize(
    ("method", "path", "http_code", "code"),
    [
        pytest.param("GET", "/nowhere", 404, Code.NOT_FOUND, id="no such path"),
        pytest.param("DELETE", "/", 405, Code.UNIMPLEMENTED, id="no such method"),
    ],
)
async def test_what_there_is_not(toys: StartPlatform, method: str, path: str, http_code: int, code: int) -> None:
    running = await toys(pages(lambda kit: [page("/", lambda request: "hello")]))
    answer = await get(running, path, method=method)
    assert (answer.status_code, answer.json()["code"]) == (http_code, code)


def who(_: Request) -> object:
    return principal().subject or "nobody"


@pytest.mark.parametrize(
    ("authorization", "http_code", "said"),
    [
        pytest.param("", 200, "nobody", id="none"),
        pytest.param("Basic YTpi", 200, "nobody", id="another scheme"),
        pytest.param("Bearer {good}", 200, "users/ada", id="a good token"),
        pytest.param("bearer {good}", 200, "users/ada", id="in small letters"),
        pytest.param("Bearer", 401, "TOKEN_INVALID", id="no token"),
        pytest.param("Bearer {good}x", 401, "TOKEN_INVALID", id="a forged one"),
        pytest.param("Bearer {old}", 401, "TOKEN_EXPIRED", id="an old one"),
    ],
)
async def test_who_asks(toys: StartPlatform, authorization: str, http_code: int, said: str) -> None:
    running = await toys(pages(lambda kit: [page("/", who)]))
    tokens = {"good": running.token("users/ada"), "old": running.token("users/ada", exp=1)}
    given = {"authorization": authorization.format(**tokens)} if authorization else {}
    answer = await get(running, **given)
    assert answer.status_code == http_code
    assert said in answer.text
    assert answer.headers.get("www-authenticate", "").startswith("Bearer" if http_code == 401 else "")


async def test_a_call_goes_in_the_name_of_whoever_asks_and_in_the_same_trace(toys: StartPlatform) -> None:
    seen: list[Any] = []

    async def tell(_: Any) -> Any:
        context = current_context()
        seen.append((context.principal.subject, context.principal.user, context.trace.trace_id))
        return told(f"{context.remaining():.0f}")

    def routes(kit: Kit) -> list[Any]:
        stub = kit.stub(contract.toy_stub)

        async def ask(_: Request) -> str:
            return str((await stub.Tell(message("TellRequest"))).text)

        return [page("/", ask)]

    running = await toys(toy(lambda kit: Toy(tell=tell)), pages(routes, calls=["toy"]))
    ada = f"Bearer {running.token('users/ada')}"
    answer = await get(running, authorization=ada, traceparent=f"00-{TRACE}-b7ad6b7169203331-00")
    assert answer.status_code == 200
    assert seen == [("clients/pages", "users/ada", TRACE)]
    assert 0 < float(answer.text) < 15, "it has the rest of the request's time"


def often(request: Request) -> object:
    """What somebody asks every few seconds."""
    answer_of(request.scope).is_routine = True
    return who(request)


async def test_a_request_is_counted_and_leaves_a_line(
    toys: StartPlatform, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    running = await toys(
        pages(lambda kit: [page("/rooms/{room}", who), page("/often", often)]), metrics_port=0, log_level="info"
    )
    for path in ("/rooms/7?key=secret", "/rooms/8", "/often", "/nowhere"):
        await get(running, path)
    async with httpx.AsyncClient() as client:
        metrics = (await client.get(f"http://{running.platform.metrics_address}/metrics")).text
    for route, code, count in (("/rooms/{room}", 200, 2), ("/often", 200, 1), ("", 404, 1)):
        labels = f'http_request_method="GET",http_response_status_code="{code}",http_route="{route}"'
        assert f"http_server_requests_total{{{labels}}} {count}.0" in metrics
    lines: list[dict[str, Any]] = []
    async with asyncio.timeout(5):
        while len(lines) < 3:
            await asyncio.sleep(0.02)
            found = capfdbinary.readouterr().err.splitlines()
            lines += [line for line in map(json.loads, found) if line["event"] == "request"]
    assert [(line["method"], line["code"], line["reason"]) for line in lines] == [
        ("GET /rooms/{room}", "200", ""),
        ("GET /rooms/{room}", "200", ""),
        ("GET", "404", "RESOURCE_NOT_FOUND"),
    ]


async def test_who_goes_away_meets_no_defect(toys: StartPlatform, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    ended = asyncio.Event()

    async def read(request: Request) -> str:
        try:
            return str(await request.body())
        finally:
            ended.set()

    running = await toys(pages(lambda kit: [page("/", read, "POST")]), log_level="info")
    host, port = parted(running.platform.http_address)
    _, writer = await asyncio.open_connection(host, port)
    writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf")
    await writer.drain()
    writer.close()
    await asyncio.wait_for(ended.wait(), 5)
    lines: list[dict[str, Any]] = []
    async with asyncio.timeout(5):
        while not any(line["event"] == "request" for line in lines):
            await asyncio.sleep(0.02)
            lines += map(json.loads, capfdbinary.readouterr().err.splitlines())
    assert [(line["event"], line["level"], line.get("code")) for line in lines] == [("request", "info", "499")]
