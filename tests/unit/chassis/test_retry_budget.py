"""While a service is away, calls to it soon go out once each; when it is back, they are tried again as before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest

from chassis.client.interceptor import Outgoing, Send
from chassis.client.retry import NO_RETRY
from chassis.client.retry_budget import RetryBudget
from chassis.errors import CallFailed
from tests.toy import contract

AWAY = CallFailed(grpc.StatusCode.UNAVAILABLE, "away", reason="OVERLOADED")
FURTHER = CallFailed(grpc.StatusCode.UNAVAILABLE, "away", reason="DEPENDENCY_UNAVAILABLE", final=True)
WRONG = CallFailed(grpc.StatusCode.INVALID_ARGUMENT, "wrong", reason="INVALID_FIELD")


class Service:
    """Answers, or fails, and knows of each call whether it was to be tried once."""

    def __init__(self) -> None:
        self.failure: CallFailed | None = None
        self.once: list[bool] = []

    async def __call__(self, request: Any, outgoing: Outgoing) -> str:
        self._take(outgoing)
        return "answer"

    async def streaming(self, request: Any, outgoing: Outgoing) -> AsyncIterator[str]:
        return self._stream(outgoing)

    async def _stream(self, outgoing: Outgoing) -> AsyncIterator[str]:
        self._take(outgoing)
        yield "first"
        yield "second"

    def _take(self, outgoing: Outgoing) -> None:
        self.once.append((NO_RETRY, "1") in outgoing.metadata)
        if self.failure is not None:
            raise self.failure.as_seen_by_client()


async def called(send: Send, *, streaming: bool = False) -> None:
    """One call, to its end, whatever becomes of it."""
    try:
        answer = await send(None, Outgoing(None, []))
        if streaming:
            assert [message async for message in answer] == ["first", "second"]
    except grpc.aio.AioRpcError:
        pass


@pytest.mark.parametrize(("method", "streaming"), [("Tell", False), ("Recount", True)])
async def test_a_service_that_is_away_for_a_while(method: str, *, streaming: bool) -> None:
    service = Service()
    send = RetryBudget().bind(contract.method(method), service.streaming if streaming else service)
    service.failure = AWAY
    for _ in range(5):
        await called(send, streaming=streaming)
    assert service.once == [False, False, True, True, True], "10 tokens, 4 for a call with all its tries, 5 to go on"
    service.failure, service.once = None, []
    for _ in range(60):
        await called(send, streaming=streaming)
    assert service.once.index(False) == 51, "51 answers lift the budget above half"
    assert not any(service.once[51:])


async def test_a_service_that_lacks_another_one_takes_less_of_the_budget() -> None:
    service = Service()
    send = RetryBudget().bind(contract.method("Tell"), service)
    service.failure = FURTHER
    for _ in range(6):
        await called(send)
    assert service.once == [False] * 5 + [True], "10 tokens, 1 for a call with one try, 5 to go on"


async def test_two_stubs_of_a_service_share_its_budget() -> None:
    service, budget = Service(), RetryBudget()
    service.failure = AWAY
    keep, tell = (budget.bind(contract.method(name), service) for name in ("Keep", "Tell"))
    await called(keep)
    await called(keep)
    await called(tell)
    assert service.once == [False, False, True]


async def test_what_is_not_retried_costs_nothing() -> None:
    service = Service()
    budget = RetryBudget()
    send = budget.bind(contract.method("Tell"), service)
    service.failure = WRONG
    for _ in range(20):
        await called(send)
    assert not any(service.once)


@pytest.mark.parametrize("name", ["Draw", "Gather"])
def test_methods_that_are_never_tried_again_pass_by(name: str) -> None:
    service = Service()
    assert RetryBudget().bind(contract.method(name), service) is service
