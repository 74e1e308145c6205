"""The rules of protovalidate in the words of JSON Schema, and in plain ones where JSON Schema has none."""

from __future__ import annotations

import re
from typing import Final

from google.protobuf import descriptor_pb2 as pb
from google.protobuf.message import Message

from buf.validate import validate_pb2
from contracts.openapi.standard_types import Schema
from contracts.openapi.wording import camel
from contracts.protoc import ContractError

SAME_MEANING: Final = {
    "min_len": "minLength",
    "max_len": "maxLength",
    "pattern": "pattern",
    "gte": "minimum",
    "gt": "exclusiveMinimum",
    "lte": "maximum",
    "lt": "exclusiveMaximum",
    "min_items": "minItems",
    "max_items": "maxItems",
    "unique": "uniqueItems",
}
"""Rules that JSON Schema has, by another name."""

FORMATS: Final = {"uuid", "email"}
"""Rules that are formats of JSON Schema, by the same name."""

SAID_OTHERWISE: Final = {"defined_only", "not_in", "finite", "host_and_port"}
"""Rules that a schema has by itself (the names of an enum, JSON's numbers), or for fields that nobody sends by HTTP."""

MATCHES: Final = re.compile(r"this\.(?P<field>\w+)\.matches\('(?P<pattern>[^']*)'\)")
EQUALS: Final = re.compile(r"this\.(?P<field>\w+) == (?P<value>\d+)")
"""Clauses of CEL that JSON Schema has words for."""


def rules_of(field: pb.FieldDescriptorProto) -> validate_pb2.FieldRules:
    """The rules that the contract has for a field."""
    rules = field.options.Extensions[validate_pb2.field]
    assert isinstance(rules, validate_pb2.FieldRules)
    return rules


def constrained(schema: Schema, rules: validate_pb2.FieldRules) -> Schema:
    """A schema that keeps the rules as well. Raises ContractError for a rule that it has no words for."""
    kind = rules.WhichOneof("type")
    return schema if kind is None else _constrained(schema, kind, getattr(rules, kind))


def below(rules: validate_pb2.FieldRules) -> Schema:
    """What the rules of a message field say of the fields of that message, as far as a schema can say it: those that
    have to match a pattern, or to have one value."""
    properties: Schema = {}
    required: dict[str, None] = {}
    alike = [rule.expression for rule in rules.cel if "||" not in rule.expression]
    for clause in (clause for expression in alike for clause in expression.split(" && ")):
        if found := MATCHES.fullmatch(clause):
            properties.setdefault(camel(found["field"]), {"pattern": found["pattern"]})
            if re.fullmatch(found["pattern"], "") is None:
                required[camel(found["field"])] = None
        elif found := EQUALS.fullmatch(clause):
            properties[camel(found["field"])] = {"const": int(found["value"])}
    said = {"properties": properties, "required": [*required]}
    return {keyword: value for keyword, value in said.items() if value}


def _constrained(schema: Schema, kind: str, rules: Message) -> Schema:
    schema = dict(schema)
    for field, value in rules.ListFields():
        if field.name in SAID_OTHERWISE or kind == "duration":
            continue
        if kind == "int64":  # a string in JSON
            if (field.name, value) != ("gte", 0):
                raise ContractError(f"JSON Schema has no words for the rule int64.{field.name} = {value}")
            schema["pattern"] = "^[0-9]{1,19}$"
            continue
        if field.name in SAME_MEANING:
            schema[SAME_MEANING[field.name]] = value
        elif field.name in FORMATS:
            schema["format"] = field.name
        elif field.name == "items":
            schema["items"] = constrained(schema["items"], value)
        elif (kind, field.name) == ("field_mask", "in"):
            name = f"({'|'.join(map(camel, value))})"
            schema |= {"pattern": f"^({name}(,{name})*)?$", "examples": [",".join(map(camel, value[:2]))]}
        else:
            raise ContractError(f"JSON Schema has no words for the rule {kind}.{field.name}")
    return schema


def filled(schema: Schema) -> Schema:
    """The schema of a field that has to be there: its default is as good as absence (AIP-203)."""
    if schema.get("type") == "string" and re.fullmatch(schema.get("pattern", ".*"), "") is not None:
        return {"minLength": 1} | schema
    if schema.get("minimum") == 0:
        return schema | {"minimum": 1}
    return schema


def explained(rules: validate_pb2.FieldRules) -> str:
    """What no schema can say, in a sentence."""
    said = [re.sub(r"\b[a-z]+(_[a-z]+)+\b", lambda name: camel(name[0]), rule.message) for rule in rules.cel]
    if rules.WhichOneof("type") == "duration":
        least, most = rules.duration.gte.ToTimedelta(), rules.duration.lte.ToTimedelta()
        said.append(f"from {least.total_seconds():g} to {most.total_seconds():g} seconds")
    return f"Rules: {'; '.join(said)}." if said else ""
