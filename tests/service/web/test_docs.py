"""The description and its page: what is where, how long it holds, and that nothing of it comes from elsewhere."""

from __future__ import annotations

import json
import re

import pytest
from httpx import AsyncClient

from contracts.paths import GENERATED, OPENAPI
from services.web.docs import FILES, POLICY
from tests.conftest import StartPlatform


@pytest.fixture
async def web(platform: StartPlatform) -> AsyncClient:
    """A client of the web service."""
    running = await platform("web", elsewhere=("auth", "booking"))
    return AsyncClient(base_url=f"http://{running.platform.http_address}", trust_env=False)


async def test_the_description_is_the_generated_one(web: AsyncClient) -> None:
    async with web:
        answer = await web.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == json.loads((GENERATED / OPENAPI).read_text(encoding="utf-8"))
    assert answer.json()["servers"] == [{"url": "/"}]


@pytest.mark.parametrize("path", ["/openapi.json", *(f"/docs{path}" for path in FILES)])
async def test_what_a_caller_has_is_not_sent_again(path: str, web: AsyncClient) -> None:
    async with web:
        first = await web.get(path)
        known = first.headers["etag"]
        again = [await web.get(path, headers={"if-none-match": tags}) for tags in (known, f'"a", W/{known}', "*")]
        another = await web.get(path, headers={"if-none-match": '"a"'})
    assert first.headers["cache-control"] == "no-cache"
    assert [(answer.status_code, answer.content) for answer in again] == [(304, b"")] * 3
    assert (another.status_code, another.content) == (200, first.content)


async def test_the_page_brings_everything_along(web: AsyncClient) -> None:
    async with web:
        page = await web.get("/docs")
        used = re.findall(r'(?:src|href)="([^"]*)"', page.text)
        answers = [await web.get(address) for address in used]
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert len(used) == 5
    assert all(address.startswith("/docs/") for address in used)
    assert [answer.status_code for answer in answers] == [200] * 5


@pytest.mark.parametrize("path", ["/", "/docs/"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_whoever_comes_close_is_led_there(method: str, path: str, web: AsyncClient) -> None:
    async with web:
        answer = await web.request(method, path)
        page = await web.request(method, answer.headers["location"])
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize("path", FILES)
async def test_the_page_may_ask_nobody_else(path: str, web: AsyncClient) -> None:
    async with web:
        answer = await web.get(f"/docs{path}")
    assert answer.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert "http" not in POLICY


async def test_other_files_of_the_package_are_not_there(web: AsyncClient) -> None:
    async with web:
        answers = [await web.get(f"/docs/{name}") for name in ("swagger-initializer.js", "index.html", "../app.py")]
    assert [answer.status_code for answer in answers] == [404] * 3
