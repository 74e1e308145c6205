"""Every method declares its policy, and can be called the way the platform promises that all methods can."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf import descriptor_pb2 as pb

from buf.validate import validate_pb2
from contracts.image import Element
from innkeeper.options.v1 import options_pb2
from tests.contract.declared import IMAGE, each

Method = Element[pb.MethodDescriptorProto]

METHODS = list(IMAGE.methods())


def policy(method: Method) -> options_pb2.MethodPolicy:
    return method.proto.options.Extensions[options_pb2.method]


def test_there_are_methods() -> None:
    assert METHODS


@each(METHODS)
def test_a_method_says_who_may_call_it(declared: Method) -> None:
    assert policy(declared).access != options_pb2.ACCESS_UNSPECIFIED, f"{declared.place}: no access"
    if policy(declared).access == options_pb2.ACCESS_PUBLIC:
        assert not policy(declared).scopes, f"{declared.place}: anyone may call it, whatever the scopes"
    else:
        assert policy(declared).scopes, f"{declared.place}: callers with a token, and no scope asked of it"


@each(METHODS)
def test_a_method_has_a_deadline(declared: Method) -> None:
    assert policy(declared).deadline.ToTimedelta().total_seconds() > 0, f"{declared.place}: no deadline"


@each(METHODS)
def test_a_method_may_be_repeated(declared: Method) -> None:
    level = declared.proto.options.idempotency_level
    assert level != pb.MethodOptions.IDEMPOTENCY_UNKNOWN, f"{declared.place}: no idempotency_level"


@each(m for m in METHODS if m.proto.options.idempotency_level != pb.MethodOptions.NO_SIDE_EFFECTS)
def test_a_command_carries_a_request_id(declared: Method) -> None:
    fields = list(request_ids(declared))
    assert fields, f"{declared.place}: {declared.proto.input_type} has no request_id"
    for field in fields:
        rules = field.options.Extensions[validate_pb2.field].string
        assert rules.uuid, f"{declared.place}: request_id of {declared.proto.input_type} is not validated as a UUID"


@each(m for m in METHODS if policy(m).owned_resource)
def test_an_owned_resource_is_named_in_the_request(declared: Method) -> None:
    path = policy(declared).owned_resource
    field = IMAGE.field(declared.proto.input_type, path)
    assert field is not None, f"{declared.place}: {declared.proto.input_type} has no field {path}"
    assert field.type == pb.FieldDescriptorProto.TYPE_STRING, f"{declared.place}: {path} is not a resource name"


@each(m for m in METHODS if m.proto.name.startswith("List"))
def test_a_list_comes_in_pages(declared: Method) -> None:
    for message, name in (
        (declared.proto.input_type, "page_size"),
        (declared.proto.input_type, "page_token"),
        (declared.proto.output_type, "next_page_token"),
    ):
        assert IMAGE.field(message, name) is not None, f"{declared.place}: {message} has no {name}"


def request_ids(method: Method) -> Iterator[pb.FieldDescriptorProto]:
    """The `request_id` of the request; of a stream of requests, also where its first message carries it."""
    request = IMAGE.message(method.proto.input_type)
    paths = ["request_id"]
    if method.proto.client_streaming:
        paths += [f"{field.name}.request_id" for field in request.field if field.type_name]
    for path in paths:
        if (field := IMAGE.field(method.proto.input_type, path)) is not None:
            yield field
