"""A service's app by HTTP: when it listens, what it takes, and how it ends."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chassis.addresses import parted
from chassis.errors import StartError
from chassis.http.limits import LARGEST_HEAD
from chassis.http.server import LARGEST_MESSAGE
from tests.certificates import authority, put
from tests.conftest import RunningPlatform, StartPlatform
from tests.toy.pages import page, pages
from tests.toy.service import started, toy, until

HELLO = pages(lambda kit: [page("/", lambda request: "hello")])


async def echoed(request: Request) -> str:
    return str(len(await request.body()))


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(text)


ECHO = pages(lambda kit: [page("/", echoed, "POST"), WebSocketRoute("/echo", echo)])


def at(running: RunningPlatform, path: str = "/", *, scheme: str = "http") -> str:
    return f"{scheme}://{running.platform.http_address}{path}"


async def test_who_has_no_app_serves_no_http(toys: StartPlatform) -> None:
    assert not (await toys(toy())).platform.http_address


async def test_a_service_with_an_app_alone(toys: StartPlatform) -> None:
    running = await toys(HELLO)
    async with httpx.AsyncClient() as client:
        answer = await client.get(at(running))
    assert (answer.status_code, answer.text) == (200, "hello")
    assert "server" not in answer.headers
    with pytest.raises(LookupError, match="no tables"):
        running.database("pages")
    assert not list(running.platform.settings.data_dir.glob("*.db"))


async def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=f"INNKEEPER_HTTP_PORT={port}: 127.0.0.1:{port} cannot be listened on"):
            async with started(tmp_path, HELLO, http_port=port):
                raise AssertionError


@pytest.mark.parametrize(
    ("size", "chunked", "code"),
    [
        pytest.param(2048, False, 200, id="no more than are taken"),
        pytest.param(2049, False, 413, id="announced"),
        pytest.param(2049, True, 413, id="as it comes"),
    ],
)
async def test_a_large_body(toys: StartPlatform, size: int, chunked: bool, code: int) -> None:
    running = await toys(ECHO, max_message_bytes=2048)

    async def pieces() -> object:
        yield b"x" * (size - 1024)
        yield b"x" * 1024

    async with httpx.AsyncClient() as client:
        answer = await client.post(at(running), content=pieces() if chunked else b"x" * size)
    assert answer.status_code == code
    if code == 413:
        assert answer.json()["details"][0]["reason"] == "REQUEST_TOO_LARGE"


async def test_a_large_head(toys: StartPlatform) -> None:
    running = await toys(HELLO)
    async with httpx.AsyncClient() as client:
        answer = await client.get(at(running), headers={"x": "x" * LARGEST_HEAD})
    assert answer.status_code == 431


class Slow:
    """A page that waits until it is let go."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.finish = asyncio.Event()

    async def page(self, _: Request) -> str:
        self.begun.set()
        await self.finish.wait()
        return "finished"


@pytest.mark.parametrize("patient", [True, False], ids=["which ends in time", "which does not end"])
async def test_a_request_in_flight_during_the_drain(tmp_path: Path, patient: bool) -> None:
    slow, stopping = Slow(), AsyncExitStack()
    service = pages(lambda kit: [page("/", slow.page)])
    running = await stopping.enter_async_context(started(tmp_path, service, drain_seconds=30 if patient else 0.1))
    async with httpx.AsyncClient() as client:
        in_flight = asyncio.ensure_future(client.get(at(running)))
        await asyncio.wait_for(slow.begun.wait(), 5)
        stop = asyncio.ensure_future(stopping.aclose())
        if patient:
            await until(lambda: is_free(running.platform.http_address))
            assert not in_flight.done()
            slow.finish.set()
            assert (await in_flight).text == "finished"
        else:
            answer = await in_flight
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        await asyncio.wait_for(stop, 10)


def is_free(address: str) -> bool:
    """Whether nobody listens there."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_server((host, int(port))).close()
    except OSError:
        return False
    return True


async def test_websockets_are_told_of_the_drain(tmp_path: Path) -> None:
    ended = asyncio.Event()

    async def last(socket: WebSocket) -> None:
        try:
            await echo(socket)
        finally:
            ended.set()

    stopping = AsyncExitStack()
    service = pages(lambda kit: [WebSocketRoute("/echo", last)])
    running = await stopping.enter_async_context(started(tmp_path, service, drain_seconds=30))
    async with connect(at(running, "/echo", scheme="ws")) as client:
        await client.send("hello")
        assert await client.recv() == "hello"
        stop = asyncio.ensure_future(stopping.aclose())
        with pytest.raises(ConnectionClosed) as closed:
            await client.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1001
        await asyncio.wait_for(ended.wait(), 5)
    await asyncio.wait_for(stop, 5)


async def test_what_a_websocket_takes(toys: StartPlatform) -> None:
    running = await toys(ECHO)
    async with connect(at(running, "/echo", scheme="ws"), max_size=None) as client:
        assert client.response is not None
        assert "sec-websocket-extensions" not in client.response.headers, "nothing is compressed"
        await client.send("x" * LARGEST_MESSAGE)
        assert len(await client.recv()) == LARGEST_MESSAGE
        await client.send("x" * (LARGEST_MESSAGE + 1))
        with pytest.raises(ConnectionClosed) as closed:
            await client.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


async def test_a_websocket_at_a_path_where_there_is_none(toys: StartPlatform, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(at(await toys(ECHO), "/nowhere", scheme="ws")):
            raise AssertionError
    assert refused.value.response.status_code in (403, 404)
    assert not caplog.records, "a refusal is no error of ours"


async def test_a_handshake_that_cannot_be_read_ends_the_connection(toys: StartPlatform) -> None:
    host, port = parted((await toys(ECHO)).platform.http_address)
    reader, writer = await asyncio.open_connection(host, port)
    upgrade = "upgrade: websocket\r\nconnection: upgrade\r\ncontent-length: 9\r\n"
    writer.write(f"GET /echo HTTP/1.1\r\nhost: x\r\n{upgrade}\r\n".encode())
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()


async def test_by_tls_a_client_needs_a_certificate_too(toys: StartPlatform, tmp_path: Path) -> None:
    ca = authority(tmp_path / "ca")
    tls_dir = put(tmp_path / "tls", ca, ["pages"])
    running = await toys(HELLO, tls_dir=tls_dir)
    trusting = ssl.create_default_context(cafile=tls_dir / "ca.crt")
    extension = {"sni_hostname": "pages"}
    async with httpx.AsyncClient(verify=trusting) as client:
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError, httpx.ConnectError)):
            await client.get(at(running, scheme="https"), extensions=extension)
    trusting.load_cert_chain(tls_dir / "tls.crt", tls_dir / "tls.key")
    async with httpx.AsyncClient(verify=trusting) as client:
        assert (await client.get(at(running, scheme="https"), extensions=extension)).text == "hello"


async def test_an_answer_as_it_is(toys: StartPlatform) -> None:
    teapot = pages(lambda kit: [page("/", lambda request: Response(status_code=418))])
    async with httpx.AsyncClient() as client:
        assert (await client.get(at(await toys(teapot)))).status_code == 418


async def inattentive(socket: WebSocket) -> None:
    """Holds it open without a look at whether its client is still there."""
    await socket.accept()
    await asyncio.Event().wait()


class Flood:
    """A WebSocket by which so much is sent that whoever does not read it cannot be sent more."""

    def __init__(self) -> None:
        self.sent = 0

    async def page(self, socket: WebSocket) -> None:
        await socket.accept()
        while True:
            await socket.send_text("x" * LARGEST_MESSAGE)
            self.sent += 1

    async def stuck(self) -> None:
        """Returns when no more can be sent."""
        before = 0
        while not before or self.sent != before:
            before = self.sent
            await asyncio.sleep(0.1)


async def test_a_websocket_whose_client_has_gone_unseen_does_not_break_the_drain(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stopping = AsyncExitStack()
    service = pages(lambda kit: [WebSocketRoute("/", inattentive)])
    running = await stopping.enter_async_context(started(tmp_path, service, drain_seconds=0.1))
    async with connect(at(running, scheme="ws")) as client:
        client.transport.abort()
        await client.wait_closed()
    await asyncio.wait_for(stopping.aclose(), 10)
    assert "Exception in ASGI application" not in caplog.text


async def test_a_websocket_that_nobody_reads_does_not_keep_the_server_from_stopping(tmp_path: Path) -> None:
    flood, stopping = Flood(), AsyncExitStack()
    service = pages(lambda kit: [WebSocketRoute("/", flood.page)])
    running = await stopping.enter_async_context(started(tmp_path, service, drain_seconds=0.1))
    async with connect(at(running, scheme="ws"), max_queue=1, close_timeout=0.1):
        await flood.stuck()
        await asyncio.wait_for(stopping.aclose(), 10)
