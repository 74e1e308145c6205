"""Whoever has the rights that a method's contract asks for, and no more, is granted what it does."""

from __future__ import annotations

import pytest

from innkeeper.options.v1.options_pb2 import ACCESS_PUBLIC
from tests.contract.calls.preparing import prepare
from tests.contract.calls.served import EXAMPLES, METHODS, Example, each_example, full_name
from tests.contract.calls.world import World, bearer
from tests.contract.declared import IMAGE

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_no_method_is_left_out() -> None:
    assert sorted(map(full_name, METHODS)) == sorted(method.name for method in IMAGE.methods())
    assert {example.method.path for example in EXAMPLES} == {method.path for method in METHODS}


@each_example()
async def test_the_rights_that_the_contract_asks_for_are_enough(example: Example, world: World) -> None:
    prepared = await prepare(world, example)
    await world.call(example.method, prepared.request, world.entitled(example.method, prepared.person))


@each_example(example for example in EXAMPLES if example.method.access == ACCESS_PUBLIC)
async def test_a_public_method_takes_a_good_token_as_well(example: Example, world: World) -> None:
    prepared = await prepare(world, example)
    await world.call(example.method, prepared.request, bearer(world.token(prepared.person.name)))
