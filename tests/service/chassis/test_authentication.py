"""Who calls is found out from the access token that comes with the call."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty

from chassis.context import current_call, principal
from tests.conftest import RunningPlatform, StartPlatform
from tests.errors import refused
from tests.toy import contract
from tests.toy.contract import message, told
from tests.toy.service import Toy, toy

SCOPES = ("toys.read", "toys.write")


async def who(request: Any) -> Any:
    return told(f"{principal().subject or 'nobody'} for {principal().user or 'nobody'}")


@pytest.fixture
async def running(toys: StartPlatform) -> RunningPlatform:
    return await toys(toy(lambda kit: Toy(tell=who, greet=who, draw=who)))


def tokens(running: RunningPlatform) -> dict[str, str]:
    """Tokens by what they are."""
    return {
        "ada": running.token("users/ada", SCOPES),
        "eve": running.token("users/eve", SCOPES),
        "internal": running.token("clients/asking", [*SCOPES, "internal"]),
        "expired": running.token("users/ada", SCOPES, expires_in=-60),
        "elsewhere": running.token("users/ada", SCOPES, aud=["elsewhere"]),
    }


BAD = [
    pytest.param({}, "TOKEN_MISSING", id="nothing"),
    pytest.param({"authorization": ""}, "TOKEN_INVALID", id="an empty header"),
    pytest.param({"authorization": "Bearer"}, "TOKEN_INVALID", id="no token"),
    pytest.param({"authorization": "Bearer "}, "TOKEN_INVALID", id="an empty token"),
    pytest.param({"authorization": "Basic YWRhOmFkYQ=="}, "TOKEN_INVALID", id="another scheme"),
    pytest.param({"authorization": "{ada}"}, "TOKEN_INVALID", id="no scheme"),
    pytest.param({"authorization": "Bearer x.y.z"}, "TOKEN_INVALID", id="no token that anybody made"),
    pytest.param({"authorization": "Bearer {expired}"}, "TOKEN_EXPIRED", id="an expired token"),
    pytest.param({"authorization": "Bearer {elsewhere}"}, "TOKEN_INVALID", id="a token for others"),
    pytest.param(
        {"authorization": "Bearer {internal}", "x-innkeeper-end-user": "{expired}"},
        "TOKEN_EXPIRED",
        id="for a user whose token has expired",
    ),
    pytest.param(
        {"authorization": "Bearer {internal}", "x-innkeeper-end-user": "users/ada"},
        "TOKEN_INVALID",
        id="for a user without a token",
    ),
]

GOOD = [
    pytest.param({"authorization": "Bearer {ada}"}, "users/ada for users/ada", id="a user"),
    pytest.param({"authorization": "bearer {ada}"}, "users/ada for users/ada", id="a scheme in small letters"),
    pytest.param({"authorization": "Bearer {internal}"}, "clients/asking for nobody", id="a service"),
    pytest.param(
        {"authorization": "Bearer {internal}", "x-innkeeper-end-user": "{ada}"},
        "clients/asking for users/ada",
        id="a service for a user",
    ),
    pytest.param(
        {"authorization": "Bearer {eve}", "x-innkeeper-end-user": "{ada}"},
        "users/eve for users/eve",
        id="a user who claims to speak for another",
    ),
]


def metadata(running: RunningPlatform, headers: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value.format(**tokens(running))) for name, value in headers.items())


@pytest.mark.parametrize(("headers", "reason"), BAD)
async def test_a_call_without_a_good_token(running: RunningPlatform, headers: dict[str, str], reason: str) -> None:
    async with refused(grpc.StatusCode.UNAUTHENTICATED, reason):
        await running.stub(contract.toy_stub).Tell(message("TellRequest"), metadata=metadata(running, headers))


@pytest.mark.parametrize(("headers", "caller"), GOOD)
async def test_who_calls(running: RunningPlatform, headers: dict[str, str], caller: str) -> None:
    stub = running.stub(contract.toy_stub)
    for _ in range(2):  # the second time the token is known
        answer = await stub.Tell(message("TellRequest"), metadata=metadata(running, headers))
        assert answer.text == caller


async def test_a_service_speaks_for_a_user_as_long_as_both_tokens_last(toys: StartPlatform) -> None:
    async def how_long(_: Any) -> Any:
        return told(f"{principal().expire_time - time.time()}")

    running = await toys(toy(lambda kit: Toy(tell=how_long)))
    user = ("x-innkeeper-end-user", running.token("users/ada", expires_in=100))
    stub = running.stub(contract.toy_stub, token=running.token("clients/asking", [*SCOPES, "internal"]))
    assert 0 < float((await stub.Tell(message("TellRequest"), metadata=[user])).text) <= 100


async def test_a_stream_ends_with_the_token_of_somebody_outside_and_not_with_that_of_a_service(
    toys: StartPlatform,
) -> None:
    async def watch(_: Any) -> AsyncIterator[Any]:
        yield told(f"{current_call().remaining()}")
        await asyncio.Event().wait()

    running = await toys(toy(lambda kit: Toy(watch=watch)))
    ada = running.stub(contract.toy_stub, token=running.token("users/ada", SCOPES, expires_in=2))
    service = running.stub(
        contract.toy_stub, token=running.token("clients/asking", [*SCOPES, "internal"], expires_in=2)
    )
    assert float((await anext(service.Watch(message("TellRequest")))).text) > 2
    async with asyncio.timeout(10), refused(grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_PASSED"):
        assert [float(seen.text) <= 2 async for seen in ada.Watch(message("TellRequest"))] == [True]


async def test_a_public_method_takes_anybody(running: RunningPlatform) -> None:
    assert (await running.stub(contract.toy_stub).Greet(Empty())).text == "nobody for nobody"
    ada = running.stub(contract.toy_stub, token=running.token("users/ada"))
    assert (await ada.Greet(Empty())).text == "users/ada for users/ada"


async def test_a_public_method_takes_no_bad_token(running: RunningPlatform) -> None:
    async with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID"):
        await running.stub(contract.toy_stub, token="forged").Greet(Empty())


async def test_the_scopes_that_are_missing_are_told(running: RunningPlatform) -> None:
    async with refused(grpc.StatusCode.PERMISSION_DENIED, "SCOPE_MISSING") as outcome:
        await running.stub(contract.toy_stub, token=running.token("users/ada")).Tell(message("TellRequest"))
    assert dict(outcome.info.metadata) == {"scopes": "toys.read"}


async def test_staff_are_no_service(running: RunningPlatform) -> None:
    staff = running.stub(contract.toy_stub, token=running.token("users/root", [*SCOPES, "admin"]))
    async with refused(grpc.StatusCode.PERMISSION_DENIED, "INTERNAL_METHOD"):
        await staff.Draw(Empty())
