"""A request that is wrong in one field is refused, told which field, and leaves nothing behind."""

from __future__ import annotations

import pytest
from google.protobuf.message import Message

from tests.contract.bad_requests.breaking import BREAKERS, all_broken
from tests.contract.bad_requests.complaint import complaint, told
from tests.contract.bad_requests.conftest import Examples
from tests.contract.bad_requests.spots import spots
from tests.contract.bad_requests.stored import Stored
from tests.contract.calls.filling import filled
from tests.contract.calls.served import EXAMPLES, Example, cases, each_example
from tests.contract.calls.world import World


def template(example: Example) -> Message:
    return filled(example.method.request_class, example.alternative)


@each_example()
def test_every_field_is_broken_somehow(example: Example) -> None:
    request = template(example)
    paths = {broken.path for breaker in BREAKERS for broken in all_broken(request, breaker)}
    assert {spot.path for spot in spots(request) if spot.can_be_wrong} <= paths


@cases(
    [(example, breaker) for example in EXAMPLES for breaker in BREAKERS if any(all_broken(template(example), breaker))],
    "example, breaker",
)
@pytest.mark.asyncio(loop_scope="session")
async def test_a_broken_request_is_refused(
    example: Example, breaker: str, world: World, examples: Examples, stored: Stored
) -> None:
    prepared = await examples(example)
    call = world.inside(example.method, user=prepared.person.name)
    before = await stored.settled()
    complaints = [
        (broken, await complaint(broken, call(broken.request))) for broken in all_broken(prepared.request, breaker)
    ]
    if text := told(complaints):
        pytest.fail(text, pytrace=False)
    assert stored.now() == before
