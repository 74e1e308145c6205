"""Every public method answers the same by REST, gRPC and gRPC-Web."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.json_format import MessageToDict

from chassis.server.idempotency import takes_request_id
from contracts.paths import GENERATED, IMAGE
from innkeeper.options.v1.options_pb2 import ACCESS_INTERNAL
from innkeeper.options.v1.options_pb2 import method as policy
from tests.contract.calls.preparing import prepare
from tests.contract.calls.served import EXAMPLES, Example, each_example, full_name
from tests.contract.protocols.conftest import Outside
from tests.contract.protocols.http_rule import bindings
from tests.contract.protocols.outcome import agreed, restricted

PUBLIC = [example for example in EXAMPLES if example.method.access != ACCESS_INTERNAL]


@each_example(PUBLIC)
@pytest.mark.asyncio(loop_scope="session")
async def test_every_protocol_gives_the_same_answer(example: Example, outside: Outside) -> None:
    """A command has one answer, whichever way it comes and comes again. A read may say something new each time; what it
    says twice by gRPC, it says by the others as well."""
    method, prepared = example.method, await prepare(outside.world, example)
    asked = prepared.request, outside.world.entitled(method, prepared.person)
    first = await outside.grpc.call(method, *asked)
    others = {f"REST, {way}": await outside.rest.call_by(way, method, *asked) for way in bindings(method)}
    others["gRPC-Web"] = await outside.grpc_web.call(method, *asked)
    others["gRPC-Web as text"] = await outside.grpc_web_text.call(method, *asked)
    last = await outside.grpc.call(method, *asked)
    fields = agreed(first, last)
    if takes_request_id(method):
        assert MessageToDict(first) == MessageToDict(last)
    for way, answer in others.items():
        assert restricted(answer, fields) == restricted(last, fields), way


def test_no_method_is_left_out() -> None:
    image = FileDescriptorSet.FromString((GENERATED / IMAGE).read_bytes())
    declared = {
        f"{file.package}.{service.name}.{method.name}"
        for file in image.file
        if file.package.startswith("innkeeper.")
        for service in file.service
        for method in service.method
        if method.options.Extensions[policy].access != ACCESS_INTERNAL
    }
    assert {full_name(example.method) for example in PUBLIC} == declared
