"""A page token is taken only back to the request that it was made for, and whatever it holds does no harm."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import grpc
import pytest

from chassis.paging import Page
from chassis.policy import Method
from tests.contract.bad_requests.conftest import Examples
from tests.contract.calls.served import EXAMPLES, Example, each_example
from tests.contract.calls.world import World
from tests.errors import refused

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGED = [example for example in EXAMPLES if "page_token" in example.method.request_class.DESCRIPTOR.fields_by_name]


async def code_of(call: Awaitable[Any]) -> grpc.StatusCode:
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def with_token(request: Any, token: str) -> Any:
    """A copy of the request that asks for the page after the token."""
    copy = type(request)()
    copy.CopyFrom(request)
    copy.page_token = token
    return copy


def another(request: Any) -> Any:
    """A copy of the request that asks for something else."""
    copy = with_token(request, "")
    field = next(field for field, _ in copy.ListFields() if field.name != "page_size" and field.message_type is None)
    value = getattr(copy, field.name)
    setattr(copy, field.name, f"{value}-2" if isinstance(value, str) else value + 1)
    return copy


def has_filter(method: Method) -> bool:
    """Whether the request asks for more than a page."""
    return bool(set(method.request_class.DESCRIPTOR.fields_by_name) - {"page_size", "page_token"})


KEYS = (
    "", " ", "\x00", "a", "0", "-1", "1.5", "9" * 19, "9" * 30, "1e999", "é", "\udc80", "%", "'", "hotels/a", "null",
    "{}", "[]", "[1]", '["a"]', "[null, null, null, null, null]", "[true, 1, {}, [], null]", '[1, "", "1", 0, ""]',
    "[NaN]", '[false, "EUR", 1e400, 0, ""]', "2026-01-01", "2026-13-01T00:00:00+00:00 a",
    "0001-01-01T00:00:00+23:59 a", "[" * 300,
)  # fmt: skip
"""What a caller may have put into a token by hand: it is not signed, since it can show nothing that is hidden."""


@each_example(PAGED)
async def test_a_forged_token_does_no_harm(example: Example, world: World, examples: Examples) -> None:
    prepared = await examples(example)
    call = world.inside(example.method, user=prepared.person.name)
    for key in KEYS:
        request = with_token(prepared.request, Page.of(prepared.request).next_token(key))
        code = await code_of(call(request))
        assert code in (grpc.StatusCode.OK, grpc.StatusCode.INVALID_ARGUMENT), repr(key)


@each_example(example for example in PAGED if has_filter(example.method))
async def test_a_token_of_another_filter_is_refused(example: Example, world: World, examples: Examples) -> None:
    prepared = await examples(example)
    request = with_token(prepared.request, Page.of(another(prepared.request)).next_token("hotels/a"))
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN") as refusal:
        await world.inside(example.method, user=prepared.person.name)(request)
    assert refusal.fields == ["page_token"]
