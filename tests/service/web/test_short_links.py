"""Short links as browsers, mail programs and the curious follow them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import pytest

from innkeeper.links.v1 import links_pb2
from innkeeper.links.v1.links_pb2_grpc import LinksServiceStub
from tests.conftest import RunningPlatform, StartPlatform

if TYPE_CHECKING:
    from innkeeper.links.v1.links_pb2_grpc import LinksServiceAsyncStub

TARGET = "http://127.0.0.1:8080/v1/hotels?pageSize=1&x={~}|^'\"#top"
"""Of all characters that have a meaning somewhere."""


@dataclass(frozen=True)
class Door:
    """The web service, and the links behind it."""

    running: RunningPlatform
    http: httpx.AsyncClient
    links: LinksServiceAsyncStub

    async def made(self, target: str = TARGET) -> str:
        """The path of a new link."""
        request = links_pb2.CreateLinkRequest(link=links_pb2.Link(target=target), request_id=str(uuid4()))
        return (await self.links.CreateLink(request)).name.replace("links/", "/l/")

    async def clicks(self, path: str) -> int:
        """How often it was followed."""
        request = links_pb2.GetLinkRequest(name=path.replace("/l/", "links/"))
        return (await self.links.GetLink(request)).click_count


@pytest.fixture
async def door(platform: StartPlatform) -> AsyncIterator[Door]:
    running = await platform("links", "web")
    async with httpx.AsyncClient(base_url=f"http://{running.platform.http_address}", trust_env=False) as http:
        yield Door(running, http, running.inside(LinksServiceStub, as_service="cli"))


async def test_a_link_leads_on(door: Door) -> None:
    path = await door.made()
    answer = await door.http.get(path)
    assert (answer.status_code, answer.content) == (302, b"")
    assert answer.headers["location"] == TARGET
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert await door.clicks(path) == 1


async def test_who_only_looks_is_not_counted(door: Door) -> None:
    path = await door.made()
    answer = await door.http.head(path)
    assert (answer.status_code, answer.headers["location"]) == (302, TARGET)
    assert await door.clicks(path) == 0


async def test_whoever_is_signed_in_is_led_on_unnamed(door: Door) -> None:
    path, token = await door.made(), door.running.token("users/ada", ["bookings.read"])
    assert (await door.http.get(path, headers={"authorization": f"Bearer {token}"})).status_code == 302
    assert await door.clicks(path) == 1


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/l/00000000", id="no such link"),
        pytest.param("/l/0000000", id="a letter too few"),
        pytest.param("/l/000000000", id="a letter too many"),
        pytest.param("/l/0000000-", id="another sign"),
        pytest.param("/l/0000%2000", id="a space"),
        pytest.param("/l/%C3%A9aaaaaaa", id="another letter"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_what_leads_nowhere_looks_all_the_same(method: str, path: str, door: Door) -> None:
    answer = await door.http.request(method, path)
    known = await door.http.request(method, "/l/zzzzzzzz")
    differing = {"date", "traceparent"}
    assert (answer.status_code, answer.content) == (404, known.content)
    assert {name: value for name, value in answer.headers.items() if name not in differing} == {
        name: value for name, value in known.headers.items() if name not in differing
    }
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert ("There is nothing behind this link" in answer.text) == (method == "GET")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_links_are_only_followed(method: str, door: Door) -> None:
    path = await door.made()
    assert (await door.http.request(method, path)).status_code == 405
    assert await door.clicks(path) == 0


@pytest.mark.parametrize("path", ["/l", "/l/", "/l/00000000/", "/l/00000000/more", "/l/..%2fadmin0"])
async def test_what_is_no_link(path: str, door: Door) -> None:
    answer = await door.http.get(path)
    assert answer.status_code == 404


async def test_the_links_service_is_away(platform: StartPlatform) -> None:
    running = await platform("web", elsewhere=("links",), addresses='{"links": "127.0.0.1:9"}')
    async with httpx.AsyncClient(base_url=f"http://{running.platform.http_address}", trust_env=False) as http:
        answer = await http.get("/l/00000000")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/json"
