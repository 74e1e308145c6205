"""One method, called by one kind of HTTP request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf import descriptor_pb2 as pb

from contracts.image import Element, Image
from contracts.openapi.bindings import EVERYTHING, Binding, Bindings
from contracts.openapi.failures import Failures
from contracts.openapi.parameters import COMMAND, OF_NOBODY, Parameters
from contracts.openapi.schemas import Schemas
from contracts.openapi.security import needed
from contracts.openapi.standard_types import Schema
from contracts.openapi.wording import REQUEST_ID, joined, sentences, text
from innkeeper.options.v1 import options_pb2


class Operations:
    """Describes the methods of the contracts."""

    def __init__(self, image: Image, schemas: Schemas) -> None:
        self._image = image
        self._schemas = schemas
        self._bindings = Bindings(image)
        self._parameters = Parameters(image, schemas)
        self._failures = Failures(image)

    def of(self, method: Element[pb.MethodDescriptorProto]) -> Iterator[tuple[Binding, Schema]]:
        """The method's operations; none for one that has no HTTP request."""
        for index, binding in enumerate(self._bindings.of(method.proto)):
            # A second way to call a method is told apart by its verb.
            name = method.proto.name + (binding.verb.capitalize() if index else "")
            yield binding, self._operation(method, binding, name)

    def _operation(self, method: Element[pb.MethodDescriptorProto], binding: Binding, name: str) -> Schema:
        request = method.proto.input_type.removeprefix(".")
        declared = self._image.message(request)
        service, _, _ = method.name.rpartition(".")
        policy = method.proto.options.Extensions[options_pb2.method]
        comment = sentences(text(method.comment))
        operation: dict[str, Any] = {
            "operationId": name,
            "tags": [service.rpartition(".")[2]],
            "summary": comment[0].removesuffix("."),
            "description": " ".join(comment),
            "parameters": [*self._parameters.in_path(request, binding)],
        }
        is_command = any(field.name == REQUEST_ID for field in declared.field)
        if not method.proto.client_streaming:
            elsewhere = {variable.field for variable in binding.variables} | {REQUEST_ID}
            if binding.body != EVERYTHING:
                query = self._parameters.in_query(request, {*elsewhere, binding.body, *map(_first, elsewhere)})
                operation["parameters"] += query
            if is_command:
                is_public = policy.access == options_pb2.ACCESS_PUBLIC
                operation["parameters"].append(OF_NOBODY if is_public else COMMAND)
        if binding.body:
            operation["requestBody"] = self._body(method, binding, declared)
        operation["responses"] = {
            "200": self._answer(method.proto),
            **self._failures.of(method, declared),
        }
        operation["security"] = needed(method.proto)
        operation["x-grpc-method"] = f"{service}/{method.proto.name}"
        operation["x-deadline-seconds"] = policy.deadline.seconds
        return operation

    def _body(
        self, method: Element[pb.MethodDescriptorProto], binding: Binding, declared: pb.DescriptorProto
    ) -> Schema:
        request = method.proto.input_type.removeprefix(".")
        in_path = {variable.field for variable in binding.variables}
        if method.proto.client_streaming:
            schema: Schema = {"type": "array", "items": self._schemas.sent(request)}
        elif binding.body == EVERYTHING:
            schema = self._schemas.sent_in_part(request, _name(request), {*in_path, REQUEST_ID})
        else:
            field = next(field for field in declared.field if field.name == binding.body)
            resource = field.type_name.removeprefix(".")
            bound = {path.removeprefix(f"{binding.body}.") for path in in_path if "." in path}
            if binding.verb == "patch":
                schema = self._schemas.sent_in_part(resource, f"{_name(resource)}Change", bound, change=True)
            else:
                schema = self._schemas.sent(resource)
        return {"required": True, "content": {"application/json": {"schema": schema}}}

    def _answer(self, method: pb.MethodDescriptorProto) -> Schema:
        message = method.output_type.removeprefix(".")
        comment = text(self._image.comment(message)) or "Nothing more to say."
        stream = "One JSON object a line, each as soon as it is there." if method.server_streaming else ""
        schema = self._schemas.answered(message)
        return {"description": joined(comment, stream), "content": {"application/json": {"schema": schema}}}


def _first(path: str) -> str:
    return path.partition(".")[0]


def _name(message: str) -> str:
    return message.rpartition(".")[2]
