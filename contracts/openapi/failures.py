"""How a method may fail, as HTTP tells it: a status code, and `google.rpc.Status` with a reason in the body."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from google.protobuf import descriptor_pb2 as pb
from google.rpc import code_pb2

from contracts.image import Element, Image
from contracts.openapi.standard_types import Schema
from contracts.openapi.wording import REQUEST_ID, sentences, text
from innkeeper.options.v1 import options_pb2

PREFIX: Final = "ERROR_REASON_"
PLATFORM: Final = "innkeeper.errors.v1"

HTTP_STATUS: Final = {
    code_pb2.INVALID_ARGUMENT: HTTPStatus.BAD_REQUEST,
    code_pb2.FAILED_PRECONDITION: HTTPStatus.BAD_REQUEST,
    code_pb2.OUT_OF_RANGE: HTTPStatus.BAD_REQUEST,
    code_pb2.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    code_pb2.PERMISSION_DENIED: HTTPStatus.FORBIDDEN,
    code_pb2.NOT_FOUND: HTTPStatus.NOT_FOUND,
    code_pb2.ALREADY_EXISTS: HTTPStatus.CONFLICT,
    code_pb2.ABORTED: HTTPStatus.CONFLICT,
    code_pb2.RESOURCE_EXHAUSTED: HTTPStatus.TOO_MANY_REQUESTS,
    code_pb2.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
    code_pb2.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    code_pb2.DEADLINE_EXCEEDED: HTTPStatus.GATEWAY_TIMEOUT,
}
"""google/rpc/code.proto: the HTTP status of each gRPC code that our reasons have."""

ALWAYS: Final = ("INVALID_FIELD", "TOKEN_INVALID", "TOKEN_EXPIRED", "OVERLOADED", "DEADLINE_PASSED", "INTERNAL")
"""Reasons for which any method may fail, a public one by a bad token too."""

OF_THE_EDGE: Final = {
    HTTPStatus.BAD_REQUEST: "REQUEST_MALFORMED",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "REQUEST_TOO_LARGE",
    HTTPStatus.TOO_MANY_REQUESTS: "RATE_LIMITED",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "REQUEST_TOO_LARGE",
}
"""With what, and why, the edge refuses requests before any method is called: HTTP has statuses of its own for that."""


class Failures:
    """Tells how methods fail, by the reasons that the contracts list."""

    def __init__(self, image: Image) -> None:
        self._reasons = {
            (value.package, value.proto.name.removeprefix(PREFIX)): value
            for enum in image.enums()
            if enum.proto.name == "ErrorReason"
            for value in image.values(enum.name)
        }

    def of(self, method: Element[pb.MethodDescriptorProto], request: pb.DescriptorProto) -> Schema:
        """The answers, by status code, of calls that fail."""
        lines: dict[int, list[str]] = defaultdict(list)
        for name in dict.fromkeys([*self._by_policy(method, request), *named_reasons(method.comment)]):
            reason = self._reasons.get((method.package, name)) or self._reasons[PLATFORM, name]
            lines[HTTP_STATUS[reason.proto.options.Extensions[options_pb2.error].code]].append(_line(name, reason))
        for status, name in OF_THE_EDGE.items():
            lines[status].append(_line(name, self._reasons[PLATFORM, name]))
        return {str(int(status)): _answer(lines[status]) for status in sorted(lines)}

    def _by_policy(self, method: Element[pb.MethodDescriptorProto], request: pb.DescriptorProto) -> Iterator[str]:
        policy = method.proto.options.Extensions[options_pb2.method]
        yield from ALWAYS
        if policy.access != options_pb2.ACCESS_PUBLIC:
            yield "TOKEN_MISSING"
        if policy.scopes:
            yield "SCOPE_MISSING"
        if any(field.name == REQUEST_ID for field in request.field):
            yield "REQUEST_ID_REUSED"


def named_reasons(comment: str) -> list[str]:
    """What the sentences that tell how a call fails name in backticks, such as `EMAIL_TAKEN`."""
    failures = [sentence for sentence in sentences(comment) if re.search(r"\bfails?\b", sentence, re.IGNORECASE)]
    return [name for sentence in failures for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", sentence)]


STATUS: Final[Schema] = {
    "type": "object",
    "description": "Why a request failed (google.rpc.Status). Programs read the `reason` in the details.",
    "properties": {
        "code": {"type": "integer", "format": "int32", "description": "The gRPC code."},
        "message": {"type": "string", "description": "For people."},
        "details": {
            "type": "array",
            "description": "`ErrorInfo` (`reason`, `domain`, `metadata`), `BadRequest` (`fieldViolations`) and "
            "`RetryInfo` (`retryDelay`), told apart by `@type`.",
            "items": {
                "type": "object",
                "properties": {
                    "@type": {"type": "string"},
                    "reason": {"type": "string"},
                    "domain": {"type": "string"},
                    "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
                    "fieldViolations": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"field": {"type": "string"}, "description": {"type": "string"}},
                        },
                    },
                    "retryDelay": {"type": "string"},
                },
                "required": ["@type"],
            },
        },
    },
    "required": ["code", "message"],
}


def _line(name: str, reason: Element[pb.EnumValueDescriptorProto]) -> str:
    return f"- `{name}`: {text(reason.comment.partition(' Example: ')[0])}"


def _answer(lines: list[str]) -> Schema:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Status"}}}
    return {"description": "\n".join(lines), "content": content}
