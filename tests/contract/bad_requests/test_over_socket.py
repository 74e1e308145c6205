"""What is refused in process is refused over the socket in the same words, and bytes that are no message as well."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import FieldDescriptor

from chassis.context import ADMIN
from chassis.errors import reason_of
from chassis.policy import Method
from tests.contract.bad_requests.breaking import BREAKERS, all_broken
from tests.contract.bad_requests.conftest import Examples
from tests.contract.bad_requests.stored import Stored
from tests.contract.calls.served import EXAMPLES, Example, each_example, each_method
from tests.contract.calls.world import World
from tests.errors import violations_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


@each_example(example for example in EXAMPLES if not example.method.client_streaming)
async def test_a_refusal_is_the_same_by_both_ways(
    example: Example, world: World, examples: Examples, stored: Stored
) -> None:
    prepared = await examples(example)
    inside = world.inside(example.method, user=prepared.person.name)
    everything = world.by_service({ADMIN, *world.every_scope}, user=prepared.person.name)
    before = await stored.settled()
    for breaker in BREAKERS:
        for broken in list(all_broken(prepared.request, breaker))[:1]:
            near = await outcome(inside(broken.request))
            far = await outcome(world.call(example.method, broken.request, everything))
            assert far == near, f"{breaker}: {broken.path}, {broken.what}"
            assert far[0] is grpc.StatusCode.INVALID_ARGUMENT
    assert stored.now() == before


async def outcome(call: Any) -> tuple[grpc.StatusCode, str, str | None, list[str]]:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call
    error = raised.value
    return error.code(), reason_of(error), error.details(), [violation.field for violation in violations_of(error)]


def unreadable(method: Method) -> list[bytes]:
    """Bytes that break off, a tag that there is not, and a text that is not UTF-8."""
    texts = [f.number for f in method.request_class.DESCRIPTOR.fields if f.type == FieldDescriptor.TYPE_STRING]
    return [b"\x0a\x7f", b"\xff" * 12, *(bytes([number << 3 | 2, 1, 0xFF]) for number in texts)]


@each_method()
async def test_bytes_that_are_no_message(method: Method, world: World, stored: Stored) -> None:
    metadata = world.by_service({ADMIN, *world.every_scope}, user="users/ada")
    before = await stored.settled()
    async with grpc.aio.insecure_channel(world.running.address) as channel:
        make = channel.stream_unary if method.client_streaming else channel.unary_unary
        call: Any = make(method.path)
        for body in unreadable(method):
            code, reason, details, _ = await outcome(
                call([body] if method.client_streaming else body, metadata=metadata)
            )
            assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD"), f"{body!r}: {details}"
    assert stored.now() == before
