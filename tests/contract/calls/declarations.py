"""What a contract says of a field: whether it is required, which rules it keeps, and which resource it names."""

from __future__ import annotations

from google.api.field_behavior_pb2 import (
    IDENTIFIER,
    OUTPUT_ONLY,
    REQUIRED,
    FieldBehavior,
    field_behavior,
)
from google.api.resource_pb2 import resource, resource_reference
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from buf.validate import validate_pb2


def rules_of(field: FieldDescriptor) -> validate_pb2.FieldRules:
    """The rules of protovalidate; for a repeated field those of the list, with its items' below `repeated.items`."""
    return field.GetOptions().Extensions[validate_pb2.field]


def item_rules(field: FieldDescriptor) -> validate_pb2.FieldRules:
    """The rules of one value: of an item, where the field is repeated."""
    return rules_of(field).repeated.items if field.is_repeated else rules_of(field)


def _behaves(field: FieldDescriptor, behaviour: FieldBehavior) -> bool:
    return behaviour in field.GetOptions().Extensions[field_behavior]


def is_required(field: FieldDescriptor) -> bool:
    """Whether the contract calls the field required, by its behaviour or by a rule."""
    return _behaves(field, REQUIRED) or rules_of(field).required


def is_output_only(field: FieldDescriptor) -> bool:
    """Whether only the service sets it; in a request it is not read (AIP-203)."""
    return _behaves(field, OUTPUT_ONLY)


def is_taken_as_it_is(field: FieldDescriptor) -> bool:
    """Whether the rules for what it holds do not count: a resource that the caller has from whose it is."""
    return bool(rules_of(field).ignore == validate_pb2.IGNORE_ALWAYS)


def is_identifier(field: FieldDescriptor) -> bool:
    """Whether it is the resource's own name."""
    return _behaves(field, IDENTIFIER)


def type_of(message: Descriptor) -> str:
    """The type of the resource that the message is; empty where it is none."""
    return str(message.GetOptions().Extensions[resource].type)


def resource_of(field: FieldDescriptor) -> str:
    """The type of the resource that the field names, such as `innkeeper.dev/User`; empty where it names none."""
    if is_identifier(field):
        return type_of(field.containing_type)
    return str(field.GetOptions().Extensions[resource_reference].type)
