"""Messages as JSON Schema, by the JSON mapping of Protocol Buffers.

A message is described as it is sent and as it is answered. What is sent has to keep the contract's rules and leaves out
what only the platform sets. Of an answer no field is promised to be there, as JSON leaves out zeros and empty texts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from google.api import field_behavior_pb2
from google.api.field_behavior_pb2 import OUTPUT_ONLY, REQUIRED
from google.protobuf import descriptor_pb2 as pb

from buf.validate import validate_pb2
from contracts.image import Image
from contracts.openapi.bindings import http_rule
from contracts.openapi.rules import below, constrained, explained, filled, rules_of
from contracts.openapi.standard_types import INLINE, NAMED, Schema
from contracts.openapi.wording import joined, text
from contracts.protoc import ContractError

Field = pb.FieldDescriptorProto

SCALARS: Final[dict[int, Schema]] = {
    Field.TYPE_STRING: {"type": "string"},
    Field.TYPE_BOOL: {"type": "boolean"},
    Field.TYPE_BYTES: {"type": "string", "format": "byte"},
    Field.TYPE_INT32: {"type": "integer", "format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1},
    Field.TYPE_INT64: {"type": "string", "format": "int64", "pattern": "^-?[0-9]{1,19}$"},
    Field.TYPE_DOUBLE: {"type": "number", "format": "double"},
}
"""The types that the contracts use. 64 bits are a string in JSON, whose readers know no longer numbers than 53 bits."""

INPUT: Final = "Input"
"""What the name of a schema ends with whose message is both sent and answered, and which tells how it is sent."""


class Schemas:
    """Makes schemas, and keeps those that have names for the document's components."""

    def __init__(self, image: Image) -> None:
        self.components: dict[str, Schema] = {}
        self._image = image
        self._sources: dict[str, str] = {}
        self._also_answered = _below(
            image, [method.proto.output_type for method in image.methods() if http_rule(method.proto) is not None]
        )

    def answered(self, message: str) -> Schema:
        """The schema of a message in an answer."""
        return self._message(message, sent=False)

    def sent(self, message: str) -> Schema:
        """The schema of a message in a request."""
        return self._message(message, sent=True)

    def sent_in_part(self, message: str, name: str, without: Collection[str], *, change: bool = False) -> Schema:
        """The schema, by a name of its own, of a message of which those fields stand elsewhere in the request.

        A `change` requires no field: those that are absent stay as they are.
        """
        schema = self._object(message, sent=True, without=without)
        if change:
            schema.pop("required", None)
        return self._component(name, f"{message} without {sorted(without)}", schema)

    def field(self, owner: str, field: Field, *, sent: bool) -> Schema:
        """The schema of one field with its comment, and with its rules where it is sent."""
        rules = rules_of(field)
        schema = self._value(field, rules, sent=sent)
        if field.label == Field.LABEL_REPEATED:
            schema = {"type": "array", "items": schema}
        if not sent:
            return schema | self._described(owner, field, "")
        schema = constrained(schema, rules) | below(rules)
        return (filled(schema) if is_required(field) else schema) | self._described(owner, field, explained(rules))

    def oneof(self, message: pb.DescriptorProto, index: int) -> list[str]:
        """The fields of which a message has one, by their JSON names."""
        return [
            field.json_name for field in message.field if field.HasField("oneof_index") and field.oneof_index == index
        ]

    def _described(self, owner: str, field: Field, more: str) -> Schema:
        description = joined(text(self._image.comment(f"{owner}.{field.name}")), more)
        return {"description": description} if description else {}

    def _value(self, field: Field, rules: validate_pb2.FieldRules, *, sent: bool) -> Schema:
        if field.type == Field.TYPE_MESSAGE:
            return self._message(field.type_name.removeprefix("."), sent=sent)
        if field.type == Field.TYPE_ENUM:
            either = rules.repeated.items if field.label == Field.LABEL_REPEATED else rules
            return self._enum(field.type_name.removeprefix("."), either.enum.not_in if sent else ())
        if field.type not in SCALARS:
            raise ContractError(f"{field.name}: no schema for a field of this type")
        return dict(SCALARS[field.type])

    def _message(self, message: str, *, sent: bool) -> Schema:
        if message in INLINE:
            return dict(INLINE[message])
        if message in NAMED:
            return self._component(_name(message), message, NAMED[message])
        name = _name(message) + (INPUT if sent and message in self._also_answered else "")
        return self._component(name, message) if name in self.components else self._new(name, message, sent=sent)

    def _new(self, name: str, message: str, *, sent: bool) -> Schema:
        reference = self._component(name, message, {})  # a message may hold its own kind
        self.components[name] = self._object(message, sent=sent)
        return reference

    def _component(self, name: str, source: str, schema: Schema | None = None) -> Schema:
        if self._sources.setdefault(name, source) != source:
            raise ContractError(f"{source} and {self._sources[name]} are both called {name}")
        if schema is not None:
            self.components[name] = schema
        return {"$ref": f"#/components/schemas/{name}"}

    def _enum(self, enum: str, excluded: Collection[int]) -> Schema:
        values = [value for value in self._image.enum(enum).value if value.number not in excluded]
        schema: Schema = {"type": "string", "enum": [value.name for value in values]}
        if excluded:
            return schema
        lines = [f"- `{value.name}`: {text(self._image.comment(f'{enum}.{value.name}'))}" for value in values]
        comment = text(self._image.comment(enum))
        if comment:
            schema = {"description": "\n".join([comment, "", *lines])} | schema
        return self._component(_name(enum), enum, schema)

    def _object(self, message: str, *, sent: bool, without: Collection[str] = ()) -> Schema:
        declared = self._image.message(message)
        fields = [field for field in declared.field if field.name not in without]
        if sent:
            fields = [field for field in fields if not has_behavior(field, OUTPUT_ONLY)]
        schema: Schema = {"type": "object"}
        if comment := text(self._image.comment(message)):
            schema["description"] = comment
        schema["properties"] = {field.json_name: self.field(message, field, sent=sent) for field in fields}
        if sent:
            schema["additionalProperties"] = False
            if required := [field.json_name for field in fields if is_required(field)]:
                schema["required"] = required
            for one in self._required_oneofs(declared):
                schema["oneOf"] = [{"required": [name]} for name in one]
        return schema

    def _required_oneofs(self, message: pb.DescriptorProto) -> Iterator[list[str]]:
        for index, oneof in enumerate(message.oneof_decl):
            if oneof.options.Extensions[validate_pb2.oneof].required:
                yield self.oneof(message, index)


def is_required(field: Field) -> bool:
    """Whether a request has to have the field."""
    return has_behavior(field, REQUIRED) or rules_of(field).required


def has_behavior(field: Field, behavior: int) -> bool:
    """Whether the contract says that of the field (google.api.field_behavior)."""
    options: Any = field.options
    return behavior in options.Extensions[field_behavior_pb2.field_behavior]


def _name(full_name: str) -> str:
    # innkeeper.registry.v1.Traffic.Share: Traffic.Share
    return full_name[next(i for i, letter in enumerate(full_name) if letter.isupper()) :]


def _below(image: Image, messages: Iterable[str]) -> frozenset[str]:
    # These messages and all that they hold.
    found: set[str] = set()
    waiting = [message.removeprefix(".") for message in messages]
    while waiting:
        if (message := waiting.pop()) not in found:
            found.add(message)
            waiting += [
                f.type_name.removeprefix(".") for f in image.message(message).field if f.type == Field.TYPE_MESSAGE
            ]
    return frozenset(found)
