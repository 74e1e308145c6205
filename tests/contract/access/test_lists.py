"""Lists show everybody the own resources, and nobody else's."""

from __future__ import annotations

from typing import Any, Final

import pytest
from google.protobuf.text_format import MessageToString

from chassis.policy import Method
from tests.contract.access.strangers import FOR_EVERYBODY, OWNED_TYPES, STRANGERS
from tests.contract.calls.preparing import resource
from tests.contract.calls.served import cases
from tests.contract.calls.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

LISTS: Final = [
    method
    for method in FOR_EVERYBODY
    if "page_token" in method.request_class.DESCRIPTOR.fields_by_name and not method.owned_resource
]
"""Those whose request does not say whose resources it asks for."""


@cases([(method, stranger) for method in LISTS for stranger in STRANGERS], "method, stranger")
async def test_a_list_shows_a_stranger_nothing(method: Method, stranger: str, world: World) -> None:
    owner = await world.newcomer()
    names = {await resource(world, kind, owner) for kind in (*OWNED_TYPES, *OWNED_TYPES)}
    own = await world.call(method, method.request_class(page_size=1), world.entitled(method, owner))
    assert texts(own) & names
    for page_token in ("", own.next_page_token):
        request = method.request_class(page_token=page_token)
        page = await world.call(method, request, STRANGERS[stranger](world, method, owner))
        assert not texts(page) & names


def texts(answer: Any) -> set[str]:
    """Every text in an answer."""
    return set(MessageToString(answer).split('"')[1::2])
