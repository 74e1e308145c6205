"""What is somebody's own does not exist for anybody else but staff."""

from __future__ import annotations

from functools import reduce

import grpc
import pytest

from chassis.context import ADMIN, INTERNAL
from chassis.policy import Method
from tests.contract.access.strangers import BOB, OWNED, STRANGERS
from tests.contract.calls.preparing import prepare
from tests.contract.calls.served import Example, cases, each_method
from tests.contract.calls.world import Prepared, World, bearer
from tests.errors import refused

pytestmark = pytest.mark.asyncio(loop_scope="session")


@cases([(method, stranger) for method in OWNED for stranger in STRANGERS], "method, stranger")
async def test_a_stranger_finds_nothing(method: Method, stranger: str, world: World) -> None:
    prepared = await prepare(world, Example(method))
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await world.call(method, prepared.request, STRANGERS[stranger](world, method, prepared.person))
    await world.call(method, prepared.request, world.entitled(method, prepared.person))


@each_method(OWNED)
async def test_what_is_hidden_looks_like_what_is_not_there(method: Method, world: World) -> None:
    prepared = await prepare(world, Example(method))
    hidden = owned_name(prepared)
    missing = not_there(hidden)
    stranger = bearer(world.token(BOB, method.scopes))
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND") as of_hidden:
        await world.call(method, prepared.request, stranger)
    set_owned_name(prepared, missing)
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND") as of_missing:
        await world.call(method, prepared.request, stranger)
    assert str(of_hidden.info) == str(of_missing.info).replace(missing, hidden)
    assert of_hidden.error.details() == str(of_missing.error.details()).replace(missing, hidden)


@each_method(OWNED)
async def test_staff_finds_everything(method: Method, world: World) -> None:
    prepared = await prepare(world, Example(method))
    await world.call(method, prepared.request, bearer(world.token("clients/desk", {ADMIN, *method.scopes})))


@each_method(OWNED)
async def test_a_service_finds_what_its_caller_owns(method: Method, world: World) -> None:
    prepared = await prepare(world, Example(method))
    await world.call(method, prepared.request, world.by_service({INTERNAL, *method.scopes}, user=prepared.person.name))


def not_there(name: str) -> str:
    """A name of the same form; of what there is one of (AIP-156), with another owner."""
    owner, part, singleton = name.rpartition("/")
    return f"{owner}-not{part}{singleton}" if name.count("/") == 2 else f"{name}-not"


def owned_name(prepared: Prepared) -> str:
    return str(reduce(getattr, prepared.method.owned_resource.split("."), prepared.request))


def set_owned_name(prepared: Prepared, name: str) -> None:
    *way, last = prepared.method.owned_resource.split(".")
    setattr(reduce(getattr, way, prepared.request), last, name)
