"""The OpenAPI document is a valid one, and says of every method what its contract says."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import pytest
from google.protobuf import descriptor_pb2 as pb
from openapi_spec_validator import OpenAPIV31SpecValidator

from chassis.http.status import HTTP_CODES
from contracts.image import Element
from contracts.openapi import web
from contracts.openapi.bindings import http_rule
from contracts.openapi.document import document
from contracts.openapi.failures import HTTP_STATUS, PLATFORM, PREFIX, named_reasons
from contracts.paths import GENERATED, OPENAPI
from innkeeper.options.v1 import options_pb2
from tests.contract.declared import IMAGE, each

DOCUMENT: Final[dict[str, Any]] = json.loads((GENERATED / OPENAPI).read_text(encoding="utf-8"))
SCHEMAS: Final[dict[str, Any]] = DOCUMENT["components"]["schemas"]
OPERATIONS: Final[list[tuple[str, str, dict[str, Any]]]] = [
    (verb, path, operation) for path, item in DOCUMENT["paths"].items() for verb, operation in item.items()
]
METHODS: Final = list(IMAGE.methods())


def operations(method: Element[pb.MethodDescriptorProto]) -> list[dict[str, Any]]:
    """The operations that call a method."""
    service, _, name = method.name.rpartition(".")
    return [operation for _, _, operation in OPERATIONS if operation.get("x-grpc-method") == f"{service}/{name}"]


def test_it_is_what_the_contracts_give() -> None:
    assert document(IMAGE) == DOCUMENT


def test_it_is_valid() -> None:
    problems = [problem.message for problem in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()]
    assert not problems


def test_every_schema_is_used() -> None:
    text = json.dumps(DOCUMENT)
    assert [name for name in SCHEMAS if f'"#/components/schemas/{name}"' not in text] == []


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names))


def test_errors_have_the_status_of_http_that_the_platform_answers_them_with() -> None:
    given = {code.value[0]: status for code, status in HTTP_CODES.items()}
    assert {code: given[code] for code in HTTP_STATUS} == HTTP_STATUS


@each(METHODS)
def test_a_method_is_there_as_often_as_it_has_requests(declared: Element[pb.MethodDescriptorProto]) -> None:
    rule = http_rule(declared.proto)
    assert len(operations(declared)) == (0 if rule is None else 1 + len(rule.additional_bindings))


@each(method for method in METHODS if operations(method))
def test_a_method_asks_for_what_its_policy_asks_for(declared: Element[pb.MethodDescriptorProto]) -> None:
    policy = declared.proto.options.Extensions[options_pb2.method]
    for operation in operations(declared):
        assert ({} in operation["security"]) == (policy.access == options_pb2.ACCESS_PUBLIC)
        assert {"oauth2": list(policy.scopes)} in operation["security"]
        assert operation["x-deadline-seconds"] == policy.deadline.seconds
        assert policy.access != options_pb2.ACCESS_INTERNAL


@each(method for method in METHODS if operations(method))
def test_a_method_fails_with_the_status_of_each_reason(declared: Element[pb.MethodDescriptorProto]) -> None:
    codes = {
        (value.package, value.proto.name.removeprefix(PREFIX)): value.proto.options.Extensions[options_pb2.error].code
        for enum in IMAGE.enums()
        for value in IMAGE.values(enum.name)
    }
    for operation in operations(declared):
        for reason in [*named_reasons(declared.comment), "INVALID_FIELD", "TOKEN_EXPIRED", "INTERNAL"]:
            code = codes.get((declared.package, reason)) or codes[PLATFORM, reason]
            assert f"`{reason}`" in operation["responses"][str(int(HTTP_STATUS[code]))]["description"]


@each(method for method in METHODS if operations(method))
def test_a_command_is_named_by_its_header_alone(declared: Element[pb.MethodDescriptorProto]) -> None:
    request = IMAGE.message(declared.proto.input_type)
    commands = any(field.name == "request_id" for field in request.field) and not declared.proto.client_streaming
    for operation in operations(declared):
        parameters = {parameter["name"]: parameter for parameter in operation["parameters"]}
        assert ("Idempotency-Key" in parameters) == commands
        assert "requestId" not in parameters
        if commands and (body := body_of(operation)) is not None:
            assert "requestId" not in body["properties"]


@pytest.mark.parametrize(("verb", "path", "operation"), OPERATIONS)
def test_every_segment_that_varies_has_a_parameter(verb: str, path: str, operation: dict[str, Any]) -> None:
    declared = [parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "path"]
    assert declared == re.findall(r"\{(\w+)\}", path), f"{verb} {path}"


def test_the_paths_of_web_are_there() -> None:
    assert DOCUMENT["paths"].items() >= web.PATHS.items()


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param(("Money", "units"), {"type": "string", "format": "int64"}, id="64-bits-are-a-string"),
        pytest.param(("Hotel", "createTime"), {"type": "string", "format": "date-time"}, id="instant"),
        pytest.param(("Tokens", "expiresIn"), {"pattern": r"^-?[0-9]+(\.[0-9]{1,9})?s$"}, id="duration"),
        pytest.param(("Hotel", "address"), {"$ref": "#/components/schemas/PostalAddress"}, id="message"),
        pytest.param(("User", "membership"), {"$ref": "#/components/schemas/Membership"}, id="enum"),
        pytest.param(("HotelInput", "stars"), {"type": "integer", "minimum": 0, "maximum": 5}, id="range"),
        pytest.param(("HotelInput", "currencyCode"), {"pattern": "^[A-Z]{3}$"}, id="pattern"),
        pytest.param(("HotelInput", "amenities"), {"maxItems": 32, "uniqueItems": True}, id="repeated"),
        pytest.param(("UserInput", "email"), {"format": "email", "maxLength": 254}, id="email"),
    ],
)
def test_a_field_keeps_the_mapping_and_the_rules(schema: tuple[str, str], expected: dict[str, Any]) -> None:
    message, field = schema
    assert SCHEMAS[message]["properties"][field].items() >= expected.items()


def test_what_only_the_platform_sets_is_answered_and_not_sent() -> None:
    assert "createTime" in SCHEMAS["Hotel"]["properties"]
    assert "createTime" not in SCHEMAS["HotelInput"]["properties"]


def test_a_change_requires_nothing_and_leaves_the_name_to_the_path() -> None:
    assert "required" not in SCHEMAS["HotelChange"]
    assert "name" not in SCHEMAS["HotelChange"]["properties"]
    assert SCHEMAS["HotelInput"]["required"]


def test_a_query_has_the_parts_of_a_date_and_the_names_of_a_mask() -> None:
    search = {parameter["name"]: parameter for parameter in DOCUMENT["paths"]["/v1/hotels:search"]["get"]["parameters"]}
    assert search["checkIn.year"]["required"]
    assert "required" not in search["location.latitude"]
    change = DOCUMENT["paths"]["/v1/users/{user}"]["patch"]["parameters"]
    mask = next(parameter["schema"] for parameter in change if parameter["name"] == "updateMask")
    assert re.fullmatch(mask["pattern"], "givenName,birthDate")
    assert not re.fullmatch(mask["pattern"], "age")


def body_of(operation: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of an operation's body."""
    if "requestBody" not in operation:
        return None
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    found = SCHEMAS[schema["$ref"].rpartition("/")[2]]
    assert isinstance(found, dict)
    return found
