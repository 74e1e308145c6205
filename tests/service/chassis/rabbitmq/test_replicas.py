"""Of several processes with the same subscriber one is active; another goes on where it stopped."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from tests.postgresql import Cluster
from tests.service.chassis.rabbitmq.listener import Listener, happened, heard
from tests.toy.service import started, toy, until


async def test_another_takes_over_in_order(tmp_path: Path, rabbitmq: str, postgresql: Cluster) -> None:
    database_url = postgresql.url("toy", "listener")
    listeners = Listener(), Listener()
    settings = {"events_url": rabbitmq, "database_url": database_url}
    said: list[str] = []
    async with (
        AsyncExitStack() as replicas,
        started(tmp_path / "source", toy(), catalogue=[listeners[0].service()], **settings) as source,
    ):
        running = []
        for number, listener in enumerate(listeners):
            stack = await replicas.enter_async_context(AsyncExitStack())
            there = started(tmp_path / f"replica-{number}", listener.service(), catalogue=[toy()], **settings)
            running.append((listener, stack, await stack.enter_async_context(there)))

        async def write(count: int) -> None:
            for _ in range(count):
                said.append(f"{len(said):05}")
                await happened(source, said[-1])

        await write(10)
        await until(lambda: any(listener.heard for listener in listeners))
        first, stack, _ = next(entry for entry in running if entry[0].heard)
        (other, _, survivor), *_ = [entry for entry in running if entry[0] is not first]
        await asyncio.gather(write(200), stack.aclose())
        await write(10)
        await heard(survivor, *said)
        before, after = first.heard["notes/1"], other.heard["notes/1"]
        assert before == sorted(set(before))
        assert after == sorted(set(after)), "what was done and not answered for is not done again"
        assert sorted({*before, *after}) == list(range(1, 221))


async def test_two_replicas_of_a_source(tmp_path: Path, rabbitmq: str, postgresql: Cluster) -> None:
    settings = {"events_url": rabbitmq, "database_url": postgresql.url("toy", "listener")}
    listener = Listener()
    async with (
        started(tmp_path / "there", listener.service(), catalogue=[toy()], **settings) as there,
        started(tmp_path / "one", toy(), catalogue=[listener.service()], **settings) as one,
        started(tmp_path / "other", toy(), catalogue=[listener.service()], **settings) as other,
    ):
        said = [f"{number:03}" for number in range(100)]
        await asyncio.gather(*(happened(one if number % 2 else other, text) for number, text in enumerate(said)))
        await heard(there, *said)
        assert listener.heard == {"notes/1": list(range(1, 101))}
