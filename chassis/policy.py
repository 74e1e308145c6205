"""What the contract says of a method, read from its descriptor once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor, ServiceDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from innkeeper.options.v1 import options_pb2


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One RPC with its policy.

    `deadline` is in seconds. `idempotent` says that a call may be repeated, `mutating` that it changes something,
    `routine` that processes call by themselves every few seconds, `personal` that request or answer hold personal data.
    """

    service: str
    name: str
    path: str
    request_class: type[Message]
    response_class: type[Message]
    client_streaming: bool
    server_streaming: bool
    access: int
    scopes: frozenset[str]
    owned_resource: str
    deadline: float
    idempotent: bool
    mutating: bool
    routine: bool
    secret_request: bool
    secret_response: bool
    personal: bool

    @classmethod
    def of(cls, descriptor: MethodDescriptor) -> Method:
        """Reads the method's options; one without a policy of ours is a method that nobody may call."""
        options = descriptor.GetOptions()
        policy = options.Extensions[options_pb2.method]
        level = options.idempotency_level
        return cls(
            service=descriptor.containing_service.full_name,
            name=descriptor.name,
            path=f"/{descriptor.containing_service.full_name}/{descriptor.name}",
            request_class=GetMessageClass(descriptor.input_type),
            response_class=GetMessageClass(descriptor.output_type),
            client_streaming=descriptor.client_streaming,
            server_streaming=descriptor.server_streaming,
            access=policy.access,
            scopes=frozenset(policy.scopes),
            owned_resource=policy.owned_resource,
            deadline=policy.deadline.ToTimedelta().total_seconds(),
            idempotent=level != MethodOptions.IDEMPOTENCY_UNKNOWN,
            mutating=level != MethodOptions.NO_SIDE_EFFECTS,
            routine=policy.routine,
            secret_request=any(is_secret(field) for field in _all_fields(descriptor.input_type)),
            secret_response=any(is_secret(field) for field in _all_fields(descriptor.output_type)),
            personal=any(
                is_personal(field)
                for each in (descriptor.input_type, descriptor.output_type)
                for field in _all_fields(each)
            ),
        )


def methods(service: ServiceDescriptor) -> Iterator[Method]:
    """The methods of a gRPC service, in the order of the contract."""
    return map(Method.of, service.methods)


def is_secret(field: FieldDescriptor) -> bool:
    """Whether the field holds a password, a token or the like."""
    return bool(_extension(field, options_pb2.secret))


def is_personal(field: FieldDescriptor) -> bool:
    """Whether the field holds personal data."""
    return bool(_extension(field, options_pb2.personal))


def _extension(field: FieldDescriptor, extension: Any) -> Any:
    return field.GetOptions().Extensions[extension]


def _all_fields(message: Descriptor, seen: frozenset[str] = frozenset()) -> Iterator[FieldDescriptor]:
    for field in message.fields:
        yield field
        if field.message_type is not None and field.message_type.full_name not in seen:
            yield from _all_fields(field.message_type, seen | {message.full_name})
