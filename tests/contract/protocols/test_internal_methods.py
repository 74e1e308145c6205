"""What services ask each other is closed to all others, with whatever token they come."""

from __future__ import annotations

import pytest
from google.protobuf.json_format import MessageToDict
from google.rpc import code_pb2

from chassis.context import ADMIN
from chassis.policy import Method
from innkeeper.options.v1.options_pb2 import ACCESS_INTERNAL
from tests.contract.calls.filling import filled
from tests.contract.calls.served import METHODS, each_method
from tests.contract.protocols.conftest import Outside
from tests.contract.protocols.outcome import Failed

pytestmark = pytest.mark.asyncio(loop_scope="session")


@each_method(method for method in METHODS if method.access == ACCESS_INTERNAL)
async def test_no_protocol_reaches_it(method: Method, outside: Outside) -> None:
    request = filled(method.request_class)
    everything = outside.world.by_service({ADMIN, *outside.world.every_scope}, user="users/ada")
    for client in (outside.grpc, outside.grpc_web, outside.grpc_web_text):
        with pytest.raises(Failed) as raised:
            await client.call(method, request, everything)
        assert raised.value.code in (code_pb2.UNIMPLEMENTED, code_pb2.NOT_FOUND), raised.value
    answer = await outside.http.post(method.path, json=MessageToDict(request), headers=list(everything))
    assert answer.status_code == 404, answer.text
