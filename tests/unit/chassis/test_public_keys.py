"""Fetching the keys that verify tokens."""

from __future__ import annotations

import asyncio

from chassis.security.public_keys import LARGEST_WAIT, PublicKeys
from innkeeper.auth.v1.auth_pb2 import Jwks


async def test_many_unknown_keys_share_a_request_and_no_more_than_so_many_wait() -> None:
    requests, asked, answer = 0, asyncio.Event(), asyncio.Event()

    async def fetch() -> Jwks:
        nonlocal requests
        requests += 1
        asked.set()
        await answer.wait()
        return Jwks()

    keys = PublicKeys(fetch)
    waiting = [asyncio.create_task(keys.get(f"made up {number}")) for number in range(LARGEST_WAIT)]
    await asked.wait()
    assert await keys.get("one too many") is None, "told at once, while the others wait"
    assert not any(task.done() for task in waiting)
    answer.set()
    assert await asyncio.gather(*waiting) == [None] * LARGEST_WAIT
    assert requests == 1
