"""What stands between a service and those that it calls: the time left, tokens, another try where one is invited."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import grpc
import pytest

from chassis.client.conflicts import TRIES, ConflictInterceptor
from chassis.client.credentials import CredentialsInterceptor
from chassis.client.deadline import MARGIN, DeadlineInterceptor
from chassis.client.interceptor import Outgoing
from chassis.errors import CallFailed
from tests.errors import refused
from tests.toy import contract
from tests.unit.chassis.calls import call, in_hand

BUSY = CallFailed(grpc.StatusCode.ABORTED, "busy", reason="TOY_BUSY", retry_after=0.001)
LONG = CallFailed(grpc.StatusCode.ABORTED, "busy", reason="TOY_BUSY", retry_after=60)
FOR_GOOD = CallFailed(grpc.StatusCode.ABORTED, "changed", reason="ETAG_MISMATCH")
HANDED_ON = CallFailed(grpc.StatusCode.ABORTED, "busy", reason="TOY_BUSY", retry_after=0.001, final=True)
AWAY = CallFailed(grpc.StatusCode.UNAVAILABLE, "away", reason="OVERLOADED", retry_after=0.001)


class Sent:
    """Notes what is sent, and fails as often as it is told to."""

    def __init__(self, *failures: CallFailed) -> None:
        self._failures = list(failures)
        self.calls: list[Outgoing] = []

    async def __call__(self, request: Any, outgoing: Outgoing) -> str:
        self.calls.append(Outgoing(outgoing.timeout, list(outgoing.metadata)))
        outgoing.metadata.append(("added", "below"))
        if self._failures:
            raise self._failures.pop(0).as_seen_by_client()
        return "answer"


def outgoing(timeout: float | None = None) -> Outgoing:
    return Outgoing(timeout, [("authorization", "Bearer x")])


TIMES = [
    pytest.param(None, None, 5.0, id="the contract's own"),
    pytest.param(1.0, None, 1.0, id="what the caller says"),
    pytest.param(60.0, None, 5.0, id="the contract's own is the longest"),
    pytest.param(None, 2.0, 2.0 - MARGIN, id="what is left of the call in hand, less the margin"),
    pytest.param(1.0, 2.0, 1.0, id="what the caller says, of what is left"),
    pytest.param(None, 60.0, 5.0, id="the contract's own, of what is left"),
]


@pytest.mark.parametrize(("said", "left", "timeout"), TIMES)
async def test_how_long_a_call_may_take(said: float | None, left: float | None, timeout: float) -> None:
    sent = Sent()
    send = DeadlineInterceptor().bind(contract.method("Tell"), sent)
    if left is None:
        await send(None, outgoing(said))
    else:
        with in_hand(call(seconds=left)):
            await send(None, outgoing(said))
    assert sent.calls[0].timeout == pytest.approx(timeout, abs=0.05)


async def test_no_time_is_left() -> None:
    send = DeadlineInterceptor().bind(contract.method("Tell"), sent := Sent())
    with in_hand(call(seconds=MARGIN / 2)):
        async with refused(grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_PASSED"):
            await send(None, outgoing())
    assert sent.calls == []


async def test_a_conflict_is_tried_again_when_the_service_says() -> None:
    send = ConflictInterceptor().bind(contract.method("Keep"), sent := Sent(BUSY, BUSY))
    assert await send(None, outgoing(5.0)) == "answer"
    assert len(sent.calls) == 3
    assert all(sent.metadata == [("authorization", "Bearer x")] for sent in sent.calls), "each try goes out afresh"


async def test_a_conflict_that_lasts() -> None:
    send = ConflictInterceptor().bind(contract.method("Keep"), sent := Sent(*[BUSY] * 10))
    async with refused(grpc.StatusCode.ABORTED, "TOY_BUSY"):
        await send(None, outgoing(5.0))
    assert len(sent.calls) == TRIES


class Slow:
    """Has a token after a while, or never."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def bearer(self) -> str:
        await asyncio.sleep(self._seconds)
        return "Bearer late"


async def test_to_get_a_token_takes_of_the_calls_time() -> None:
    send = CredentialsInterceptor(Slow(0.05)).bind(contract.method("Tell"), sent := Sent())
    await send(None, outgoing(5.0))
    assert sent.calls[0].timeout is not None
    assert sent.calls[0].timeout < 4.96


async def test_no_token_is_to_be_had_in_time() -> None:
    send = CredentialsInterceptor(Slow(60)).bind(contract.method("Tell"), sent := Sent())
    async with refused(grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_PASSED"):
        await send(None, outgoing(0.02))
    assert not sent.calls


@pytest.mark.parametrize(
    ("method", "failure"),
    [
        pytest.param("Keep", FOR_GOOD, id="a conflict that is not invited to try again"),
        pytest.param("Keep", HANDED_ON, id="a conflict one hop further, which was tried again there"),
        pytest.param("Keep", AWAY, id="what the transport tries again itself"),
        pytest.param("Draw", BUSY, id="a method that is not to be repeated"),
        pytest.param("Gather", BUSY, id="a stream that was sent already"),
    ],
)
async def test_what_is_not_tried_again(method: str, failure: CallFailed) -> None:
    send = ConflictInterceptor().bind(contract.method(method), sent := Sent(failure))
    with pytest.raises(grpc.aio.AioRpcError):
        await send(None, outgoing(5.0))
    assert len(sent.calls) == 1


async def test_further_tries_have_only_the_time_that_is_left() -> None:
    send = ConflictInterceptor().bind(contract.method("Keep"), sent := Sent(BUSY))
    await send(None, outgoing(5.0))
    first, second = (sent.timeout for sent in sent.calls)
    assert first == 5.0
    assert second is not None
    assert second < 5.0


async def test_nobody_waits_for_what_comes_too_late() -> None:
    send = ConflictInterceptor().bind(contract.method("Keep"), sent := Sent(LONG))
    begun = time.monotonic()
    async with refused(grpc.StatusCode.ABORTED, "TOY_BUSY"):
        await send(None, outgoing(5.0))
    assert time.monotonic() - begun < 2
    assert len(sent.calls) == 1


class Tokens:
    async def bearer(self) -> str:
        return "Bearer service"


@pytest.mark.parametrize(
    ("method", "end_user", "expected"),
    [
        pytest.param("Greet", "ada", [], id="a public method"),
        pytest.param("Tell", "", [("authorization", "Bearer service")], id="for nobody"),
        pytest.param(
            "Tell", "ada", [("authorization", "Bearer service"), ("x-innkeeper-end-user", "ada")], id="for a user"
        ),
    ],
)
async def test_whose_tokens_go_along(method: str, end_user: str, expected: list[tuple[str, str]]) -> None:
    send = CredentialsInterceptor(Tokens()).bind(contract.method(method), sent := Sent())
    with in_hand(call(end_user_token=end_user)):
        await send(None, Outgoing(None, []))
    assert sent.calls[0].metadata == expected
