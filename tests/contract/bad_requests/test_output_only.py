"""What only the service sets is not read from a request that changes something (AIP-203). One that changes nothing may
bring a resource as it was read."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp

from tests.contract.calls.declarations import is_output_only
from tests.contract.calls.filling import filled
from tests.contract.calls.preparing import prepare
from tests.contract.calls.served import EXAMPLES, Example, each_example
from tests.contract.calls.world import World

SAID: dict[int, Any] = {
    FieldDescriptor.TYPE_STRING: "said by the caller",
    FieldDescriptor.TYPE_INT32: 77,
    FieldDescriptor.TYPE_INT64: 77,
}
STANDARD: dict[str, Message] = {"google.protobuf.Timestamp": Timestamp(seconds=77)}


def said_of(field: FieldDescriptor) -> Any:
    """What a caller says that the field is."""
    if field.message_type is None:
        return SAID[field.type]
    message = STANDARD.get(field.message_type.full_name) or filled(GetMessageClass(field.message_type))
    return [message] if field.is_repeated else message


def presume(message: Message) -> list[FieldDescriptor]:
    """Say, in the messages of a request, what is not the caller's to say; return those fields."""
    said = []
    for field in message.DESCRIPTOR.fields:
        if is_output_only(field):
            value = said_of(field)
            if field.is_repeated:
                getattr(message, field.name).extend(value)
            elif isinstance(value, Message):
                getattr(message, field.name).CopyFrom(value)
            else:
                setattr(message, field.name, value)
            said.append(field)
        elif field.message_type is not None and not field.is_repeated and message.HasField(field.name):
            said += presume(getattr(message, field.name))
    return said


def has_output(example: Example) -> bool:
    return example.method.mutating and bool(presume(filled(example.method.request_class, example.alternative)))


@pytest.mark.parametrize("masked", [True, False], ids=["with a mask", "without a mask"])
@each_example(example for example in EXAMPLES if has_output(example))
@pytest.mark.asyncio(loop_scope="session")
async def test_the_caller_does_not_say_what_the_service_says(example: Example, masked: bool, world: World) -> None:
    prepared = await prepare(world, example)
    fields = presume(prepared.request)
    if not masked and "update_mask" in prepared.request.DESCRIPTOR.fields_by_name:
        prepared.request.ClearField("update_mask")
    answer = await world.inside(example.method, user=prepared.person.name)(prepared.request)
    for part in (answer, *(value for field, value in answer.ListFields() if isinstance(value, Message))):
        for field in fields:
            if field.containing_type == part.DESCRIPTOR:
                assert getattr(part, field.name) != said_of(field), field.name
