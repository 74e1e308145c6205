"""Whatever a request holds, the answer is one that the contract tells of, and what is refused leaves nothing behind."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

import grpc
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.errors import reason_of
from chassis.policy import Method
from tests.contract.bad_requests.guessing import guessed
from tests.contract.bad_requests.stored import Stored
from tests.contract.calls.preparing import prepare
from tests.contract.calls.served import EXAMPLES, Example, each_example, full_name
from tests.contract.calls.world import Prepared, World
from tests.contract.declared import IMAGE
from tests.errors import violations_of

GUESSES: Final = 40
LEAVING_NOTHING: Final = {grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND}
"""Other refusals may leave a trace: a wrong password is counted, a declined payment is kept."""

QUIET: Final = "innkeeper.events.v1.EventLogService.WatchEvents"
"""Says nothing where it is asked for nothing that has happened: such a guess has no answer, and it is no refusal."""

COMMENTS: Final = {method.name: method.comment for method in IMAGE.methods()}


def documented(method: Method) -> set[str]:
    """The reasons that a call of the method may fail for, when it has come through and the platform is well."""
    named = set(re.findall(r"`([A-Z][A-Z_]+)`", COMMENTS[full_name(method)]))
    return named | {"INVALID_FIELD"} | ({"REQUEST_ID_REUSED"} if method.mutating else set())


class Source:
    """A request to guess at, made anew whenever a guess was granted and may have used it up."""

    def __init__(self, world: World, example: Example) -> None:
        self._world = world
        self._example = example
        self._prepared: Prepared | None = None

    async def prepared(self) -> Prepared:
        """A request that would be granted, under a request id of its own."""
        if self._prepared is None:
            self._prepared = await prepare(self._world, self._example)
        copy = type(self._prepared.request)()
        copy.CopyFrom(self._prepared.request)
        if self._example.method.mutating:
            copy.request_id = str(uuid4())
        return replace(self._prepared, request=copy)

    def used(self) -> None:
        """The request was granted."""
        if self._example.method.mutating:
            self._prepared = None


@pytest_asyncio.fixture(loop_scope="session")
async def source(example: Example, world: World) -> Source:
    return Source(world, example)


@each_example(example for example in EXAMPLES if full_name(example.method) != QUIET)
@settings(
    max_examples=GUESSES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
@pytest.mark.asyncio(loop_scope="session")
async def test_a_guess_gets_a_documented_answer(
    example: Example, data: st.DataObject, world: World, source: Source, stored: Stored
) -> None:
    prepared = await source.prepared()
    request = guessed(data.draw, prepared.request)
    before = await stored.settled()
    error = await error_of(world.inside(example.method, user=prepared.person.name)(request))
    if error is None:
        source.used()
        return
    assert reason_of(error) in documented(example.method), f"{error.code()}: {error.details()}"
    assert violations_of(error) or error.code() is not grpc.StatusCode.INVALID_ARGUMENT
    assert stored.now() == before or error.code() not in LEAVING_NOTHING


async def error_of(call: Awaitable[Any]) -> grpc.aio.AioRpcError | None:
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return error
    return None
