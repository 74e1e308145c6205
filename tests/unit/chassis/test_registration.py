"""What a process does when the registry refuses it: at the start it gives up, later it does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chassis import registration
from chassis.errors import StartError, platform_error
from chassis.registration import Registration
from innkeeper.registry.v1 import registry_pb2
from tests.toy.service import toy


class Registry:
    """Refuses for one reason after the other, then takes the instance in."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = [*reasons]
        self.refusing = asyncio.Event()
        self.registered = asyncio.Event()

    async def RegisterInstance(self, request: Any) -> AsyncIterator[registry_pb2.Lease]:
        if not self.reasons:
            self.registered.set()
            yield registry_pb2.Lease(instance=request.instance)
            await asyncio.Event().wait()
        await self.refusing.wait()
        raise platform_error(self.reasons.pop(0), "no").as_seen_by_client()

    async def DeregisterInstance(self, request: Any) -> None:
        pass


async def test_a_refusal_at_the_start_ends_it() -> None:
    registry = Registry("TOKEN_INVALID")
    registry.refusing.set()
    with pytest.raises(StartError, match="refuses toy"):
        await Registration(toy(), "127.0.0.1:1", "v1", registry).start()  # type: ignore[arg-type]


async def test_a_refusal_after_the_start_is_no_reason_to_give_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registration, "FIRST_TRY", 0.01)
    registry = Registry("TOKEN_INVALID", "TOKEN_INVALID")
    joining = Registration(toy(), "127.0.0.1:1", "v1", registry)  # type: ignore[arg-type]
    await joining.start()
    registry.refusing.set()
    async with asyncio.timeout(10):
        await registry.registered.wait()
    assert await joining.stop()
