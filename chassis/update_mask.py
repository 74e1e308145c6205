"""Partial updates (AIP-134)."""

from __future__ import annotations

from typing import TypeVar

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message

from chassis.refusal import InvalidField

M = TypeVar("M", bound=Message)


def merged(current: M, changes: M, mask: FieldMask) -> M:
    """A copy of `current` with the fields of `mask` as they are in `changes`: cleared where they are not set there.

    Without paths in the mask, every field that is set in `changes` is taken, but for identifiers and what only the
    service sets: those are not in the contract's list of fields that may change. A field changes as a whole: raises
    InvalidField for a path into one.
    """
    result = type(current)()
    result.CopyFrom(current)
    paths = list(mask.paths) or [field.name for field, _ in changes.ListFields() if field.name not in ("name", "etag")]
    for path in paths:
        field = result.DESCRIPTOR.fields_by_name.get(path)
        if field is None:
            raise InvalidField("update_mask", f"{path} is no field of its own: a field changes as a whole")
        result.ClearField(path)
        value = getattr(changes, path)
        if field.is_repeated:
            getattr(result, path).MergeFrom(value)
        elif field.has_presence and not changes.HasField(path):
            continue
        elif field.message_type is None:
            setattr(result, path, value)
        else:
            getattr(result, path).SetInParent()
            getattr(result, path).CopyFrom(value)
    return result
