"""Nobody does what the own token has no scope for."""

from __future__ import annotations

import grpc
import pytest

from chassis.context import ADMIN, INTERNAL
from chassis.policy import Method
from innkeeper.options.v1.options_pb2 import ACCESS_INTERNAL, ACCESS_PUBLIC
from tests.contract.calls.filling import filled
from tests.contract.calls.served import METHODS, cases
from tests.contract.calls.world import World, bearer
from tests.errors import refused

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLERS = {
    "user": "users/ada",
    "client": "clients/agency",
}


@cases(
    [(method, scope) for method in METHODS if method.access != ACCESS_PUBLIC for scope in sorted(method.scopes)],
    "method, scope",
)
async def test_a_scope_is_missing(method: Method, scope: str, world: World) -> None:
    token = world.token("clients/agency", world.every_scope - {scope})
    async with refused(grpc.StatusCode.PERMISSION_DENIED, "SCOPE_MISSING") as refusal:
        await world.call(method, filled(method.request_class), bearer(token))
    assert refusal.info.metadata["scopes"] == scope


@cases(
    [(method, caller) for method in METHODS if method.access == ACCESS_INTERNAL for caller in CALLERS],
    "method, caller",
)
async def test_only_services_call_internal_methods(method: Method, caller: str, world: World) -> None:
    token = world.token(CALLERS[caller], {ADMIN, *world.every_scope} - {INTERNAL})
    async with refused(grpc.StatusCode.PERMISSION_DENIED, "INTERNAL_METHOD"):
        await world.call(method, filled(method.request_class), bearer(token))
