"""An edge with a certificate, before services that are called by mutual TLS."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import grpc
import httpx
import pytest
import pytest_asyncio
import websockets

from chassis.security.tls_directory import AUTHORITY
from innkeeper.hotels.v1.hotels_pb2 import ListHotelsRequest
from innkeeper.hotels.v1.hotels_pb2_grpc import HotelsServiceStub
from tests.certificates import authority, put
from tests.edge import RunningEdge, platform_behind_edge
from tests.service.registry.edge.echo import ECHO

pytestmark = pytest.mark.asyncio(loop_scope="session")

SERVICES = ("registry", "hotels", "web")


@dataclass(frozen=True, slots=True)
class Secured:
    """The edge, and the authority that its callers trust."""

    edge: RunningEdge
    trusted: Path

    def http(self, url: str = "", **options: object) -> httpx.AsyncClient:
        context = ssl.create_default_context(cafile=str(self.trusted))
        return httpx.AsyncClient(base_url=url or self.edge.url, verify=context, trust_env=False, **options)  # type: ignore[arg-type]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def secured(tmp_path_factory: pytest.TempPathFactory, envoy: Path) -> AsyncIterator[Secured]:
    """An edge whose own certificate is of another authority than those of the services."""
    directory = tmp_path_factory.mktemp("secured")
    inside = authority(directory / "inside-ca")
    services = put(directory / "services", inside, [*SERVICES, "127.0.0.1"])
    towards = put(directory / "towards", inside, ["edge"], server=False)
    own = put(directory / "own", authority(directory / "outside-ca"), ["localhost", "127.0.0.1"])
    async with platform_behind_edge(
        directory / "data",
        SERVICES,
        altered={"web": ECHO},
        tls_dir=services,
        options={"tls_dir": towards, "edge_tls_dir": own, "redirect": True},
    ) as edge:
        yield Secured(edge, own / AUTHORITY)


@pytest.mark.parametrize("http2", [True, False], ids=["HTTP/2", "HTTP/1.1"])
async def test_rest_and_pages(secured: Secured, http2: bool) -> None:
    async with secured.http(http2=http2) as client:
        hotels, page = await client.get("/v1/hotels"), await client.get("/page")
    assert (hotels.status_code, page.status_code) == (200, 200)
    assert hotels.http_version == ("HTTP/2" if http2 else "HTTP/1.1")
    assert page.json()["headers"]["x-forwarded-proto"] == "https"
    assert all(answer.headers["strict-transport-security"] == "max-age=31536000" for answer in (hotels, page))


async def test_grpc(secured: Secured) -> None:
    credentials = grpc.ssl_channel_credentials(secured.trusted.read_bytes())
    async with grpc.aio.secure_channel(secured.edge.address, credentials) as channel:
        assert not (await HotelsServiceStub(channel).ListHotels(ListHotelsRequest(), timeout=20)).hotels


async def test_websocket(secured: Secured) -> None:
    headers = {"authorization": f"Bearer {secured.edge.platform.token()}"}
    context = ssl.create_default_context(cafile=str(secured.trusted))
    url = f"wss://{secured.edge.address}/feed"
    async with websockets.connect(url, proxy=None, ssl=context, additional_headers=headers) as socket:
        assert json.loads(await socket.recv())["x-forwarded-proto"] == "https"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_plain_http_is_sent_to_https(secured: Secured, method: str) -> None:
    async with secured.http(f"http://{secured.edge.redirect}") as client:
        answer = await client.request(method, "/v1/hotels?page_size=1", headers={"host": "127.0.0.1"})
    assert answer.status_code == 308
    assert answer.headers["location"] == f"{secured.edge.url}/v1/hotels?page_size=1"
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    ("public_url", "location"),
    [
        pytest.param("https://book.example", "https://book.example/a?b", id="the port of https"),
        pytest.param("https://book.example:8443", "https://book.example:8443/a?b", id="another port"),
        pytest.param("https://[::1]:8443", "https://[::1]:8443/a?b", id="IPv6"),
    ],
)
async def test_it_leads_to_the_public_address(public_url: str, location: str, tmp_path: Path, envoy: Path) -> None:
    own = put(tmp_path / "own", authority(tmp_path / "ca"), ["book.example"])
    options = {"edge_tls_dir": own, "redirect": True}
    async with (
        platform_behind_edge(tmp_path / "data", ("registry",), options=options, public_url=public_url) as edge,
        httpx.AsyncClient(base_url=f"http://{edge.redirect}", trust_env=False) as client,
    ):
        answer = await client.get("/a?b", headers={"host": "elsewhere.example"})
    assert (answer.status_code, answer.headers["location"]) == (308, location)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
async def test_old_tls_is_not_spoken(secured: Secured, version: ssl.TLSVersion) -> None:
    context = ssl.create_default_context(cafile=str(secured.trusted))
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    async with httpx.AsyncClient(base_url=secured.edge.url, verify=context, trust_env=False) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("/page")


async def test_plain_http_is_not_spoken_there(secured: Secured) -> None:
    async with secured.http(f"http://{secured.edge.address}") as client:
        with pytest.raises(httpx.TransportError):
            await client.get("/page")
