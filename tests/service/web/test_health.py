"""Whether the process answers, and which service does not."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.catalogue import CATALOGUE
from services.web.health import REMEMBERED, Readiness
from tests.conftest import RunningPlatform, StartPlatform, started

CALLED = ("auth", "booking")


async def asked(running: RunningPlatform, path: str) -> tuple[int, Any]:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://{running.platform.http_address}{path}")
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()


async def test_all_services_are_ready(platform: StartPlatform) -> None:
    names = [service.name for service in CATALOGUE]
    running = await platform(*names, demo_hotels=0)
    assert await asked(running, "/healthz") == (200, {"healthy": True})
    assert await asked(running, "/readyz") == (200, {"ready": True, "services": dict.fromkeys(names, "ready")})


async def test_whoever_asks_every_few_seconds_leaves_no_line(
    platform: StartPlatform, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    running = await platform("web", "auth", elsewhere=["booking"], log_level="info")
    async with httpx.AsyncClient(base_url=f"http://{running.platform.http_address}") as client:
        for path in ("/healthz", "/.well-known/jwks.json", "/docs"):
            assert (await client.get(path)).status_code == 200
    seen = b""
    async with asyncio.timeout(5):
        while b"GET /docs" not in seen:
            await asyncio.sleep(0.02)
            seen += capfdbinary.readouterr().err
    assert b"GET /healthz" not in seen
    assert b"jwks" not in seen


async def test_a_process_that_is_about_to_stop_is_not_ready(platform: StartPlatform) -> None:
    running = await platform("web", elsewhere=CALLED)
    running.platform.network.leave()
    _, said = await asked(running, "/readyz")
    assert said["services"]["web"] == "NOT_SERVING"


async def test_a_service_that_nobody_knows_the_way_to(platform: StartPlatform) -> None:
    running = await platform("web", elsewhere=CALLED)
    code, said = await asked(running, "/readyz")
    assert (code, said["ready"], said["services"]["web"]) == (503, False, "ready")
    assert "INNKEEPER_ADDRESSES" in said["services"]["auth"]
    assert await asked(running, "/healthz") == (200, {"healthy": True})


async def test_a_service_that_comes_and_goes(platform: StartPlatform, tmp_path: Path) -> None:
    async with AsyncExitStack() as elsewhere:
        other = await elsewhere.enter_async_context(started(tmp_path / "other", ["users"]))
        running = await platform("web", elsewhere=(*CALLED, "users"), addresses={"users": other.address})
        _, said = await asked(running, "/readyz")
        assert said["services"]["users"] == "ready"
    async with asyncio.timeout(10):
        while said["services"]["users"] == "ready":
            await asyncio.sleep(0.1)
            _, said = await asked(running, "/readyz")
    assert said["services"]["users"] == "UNAVAILABLE"


async def test_however_many_want_to_know_services_are_asked_once() -> None:
    questions: list[str] = []

    async def ask(service: str) -> str:
        questions.append(service)
        await asyncio.sleep(0)
        return "away" if service == "users" else ""

    readiness = Readiness(["users", "hotels"], ask)
    answers = await asyncio.gather(*(readiness.now() for _ in range(50)))
    assert answers == [{"users": "away", "hotels": ""}] * 50
    await readiness.now()
    assert questions == ["users", "hotels"]
    await asyncio.sleep(REMEMBERED)
    await readiness.now()
    assert questions == ["users", "hotels"] * 2
