"""What stands in a request beside its body: segments of the path, the query, and the header that names a command.

Envoy's transcoder takes for a query parameter whatever field neither path nor body hold, by its JSON name, and the
fields of messages by dotted paths such as `checkIn.year`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from google.protobuf import descriptor_pb2 as pb

from contracts.image import Image
from contracts.openapi.bindings import Binding, Variable
from contracts.openapi.rules import rules_of
from contracts.openapi.schemas import Schemas, is_required
from contracts.openapi.standard_types import INLINE, NAMED, Schema
from contracts.openapi.wording import IDEMPOTENCY_KEY, joined, text

Field = pb.FieldDescriptorProto

COMMAND: Schema = {
    "name": IDEMPOTENCY_KEY,
    "in": "header",
    "required": True,
    "description": "A key of your own for this command, best a UUID. Sent again with it, the command is carried out "
    "once, and answered as the first time.",
    "schema": {"type": "string", "pattern": "^[!#-~][!-~]{0,254}$"},
}
"""The header of every method that takes a request id."""

OF_NOBODY: Schema = COMMAND | {
    "description": COMMAND["description"] + " Where no access token comes along it has to be a UUID.",
    "schema": {"type": "string", "format": "uuid"},
}
"""The same of a method that may be called without a token: a key that others may have too is not taken there."""


class Parameters:
    """Makes the parameters of operations."""

    def __init__(self, image: Image, schemas: Schemas) -> None:
        self._image = image
        self._schemas = schemas

    def in_path(self, request: str, binding: Binding) -> Iterator[Schema]:
        """One for each variable segment."""
        for variable in binding.variables:
            field = self._image.field(request, variable.field)
            assert field is not None, variable.field
            comment = text(self._image.comment(self._owner(request, variable.field) + "." + field.name))
            segments = _patterns(variable, rules_of(field).string.pattern)
            for name in variable.parameters:
                yield {
                    "name": name,
                    "in": "path",
                    "required": True,
                    "description": joined(f"The part `{name}` of `{variable.pattern}`.", comment),
                    "schema": {"type": "string"} | segments.get(name, {}),
                }

    def in_query(self, request: str, without: Collection[str]) -> Iterator[Schema]:
        """One for each field of the request that stands nowhere else, those of messages one by one."""
        message = self._image.message(request)
        for field in message.field:
            if field.name in without:
                continue
            alternatives = self._schemas.oneof(message, field.oneof_index) if field.HasField("oneof_index") else []
            note = f"One of {', '.join(f'`{name}`' for name in alternatives)}." if len(alternatives) > 1 else ""
            yield from self._flattened(request, field, note)

    def _flattened(self, request: str, field: Field, note: str) -> Iterator[Schema]:
        schema = self._schemas.field(request, field, sent=True)
        description = joined(schema.pop("description", ""), note)
        required = is_required(field)
        kind = field.type_name.removeprefix(".")
        if field.type != Field.TYPE_MESSAGE or kind in INLINE:
            yield _in_query(field.json_name, schema, description, required=required)
            return
        # No message of the contracts' own stands in a query; those that do are standard types of plain values.
        for name, part in NAMED[kind]["properties"].items():
            inner = required and name in NAMED[kind].get("required", ())
            more = {key: value for key, value in part.items() if key != "description"}
            path = f"{field.json_name}.{name}"
            yield _in_query(path, more, joined(description, part.get("description", "")), required=inner)

    def _owner(self, message: str, path: str) -> str:
        first, _, rest = path.partition(".")
        if not rest:
            return message
        field = self._image.field(message, first)
        assert field is not None, path
        return self._owner(field.type_name.removeprefix("."), rest)


def _in_query(name: str, schema: Schema, description: str, *, required: bool) -> Schema:
    parameter: Schema = {"name": name, "in": "query", "description": description, "schema": schema}
    return parameter | {"required": True} if required else parameter


def _patterns(variable: Variable, pattern: str) -> dict[str, Schema]:
    # The rule is for the whole name, ^hotels/[a-z]+$: each variable segment has its part of it.
    names, rules = variable.pattern.split("/"), pattern.removeprefix("^").removesuffix("$").split("/")
    if len(names) != len(rules):
        return {}
    return {name[1:-1]: {"pattern": f"^{rule}$"} for name, rule in zip(names, rules, strict=True) if name[0] == "{"}
