"""What was asked a moment ago is not asked again."""

from __future__ import annotations

import asyncio

import pytest

from services.notifications.composing.recent import Recent


class Desk:
    """Counts who asks, and answers once `open` is set."""

    def __init__(self) -> None:
        self.asked = 0
        self.now = 100.0
        self.open = asyncio.Event()
        self.open.set()
        self.answers: list[str | Exception | None] = []

    async def ask(self) -> str | None:
        self.asked += 1
        answer = self.answers.pop(0) if self.answers else f"answer {self.asked}"
        await self.open.wait()
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
async def desk() -> Desk:
    return Desk()


@pytest.fixture
def recent(desk: Desk) -> Recent[str]:
    return Recent(seconds=2.0, most=2, clock=lambda: desk.now)


async def test_it_is_asked_once_and_again_after_its_time(desk: Desk, recent: Recent[str]) -> None:
    assert await recent.get("hotels/a", desk.ask) == "answer 1"
    desk.now += 1.9
    assert await recent.get("hotels/a", desk.ask) == "answer 1"
    assert await recent.get("hotels/b", desk.ask) == "answer 2"
    desk.now += 0.1
    assert await recent.get("hotels/a", desk.ask) == "answer 3"


async def test_who_asks_at_the_same_time_has_the_same_answer(desk: Desk, recent: Recent[str]) -> None:
    desk.open.clear()
    both = asyncio.gather(recent.get("hotels/a", desk.ask), recent.get("hotels/a", desk.ask))
    asyncio.get_running_loop().call_soon(desk.open.set)
    assert await both == ["answer 1", "answer 1"]


async def test_neither_a_failure_nor_nothing_is_kept_or_shared(desk: Desk, recent: Recent[str]) -> None:
    desk.answers = [OSError("out of reach"), None]
    desk.open.clear()
    both = asyncio.gather(recent.get("hotels/a", desk.ask), recent.get("hotels/a", desk.ask), return_exceptions=True)
    asyncio.get_running_loop().call_soon(desk.open.set)
    failed, nothing = await both
    assert isinstance(failed, OSError)
    assert nothing is None
    assert await recent.get("hotels/a", desk.ask) == "answer 3"


async def test_who_is_cancelled_keeps_nobody_waiting(desk: Desk, recent: Recent[str]) -> None:
    desk.open.clear()
    first = asyncio.create_task(recent.get("hotels/a", desk.ask))
    await asyncio.sleep(0)
    second = asyncio.create_task(recent.get("hotels/a", desk.ask))
    await asyncio.sleep(0)
    first.cancel()
    desk.open.set()
    assert await second == "answer 2"
    assert first.cancelled()


async def test_the_oldest_makes_room(desk: Desk, recent: Recent[str]) -> None:
    for name in ("hotels/a", "hotels/b", "hotels/c"):
        await recent.get(name, desk.ask)
    assert await recent.get("hotels/c", desk.ask) == "answer 3"
    assert await recent.get("hotels/a", desk.ask) == "answer 4"
