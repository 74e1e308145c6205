"""Messages as logs may show them: without what the contract marks as personal or secret."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from chassis.policy import is_personal, is_secret

REDACTED = "[redacted]"


def redacted(message: Message) -> dict[str, Any]:
    """The message as JSON-like data, with `[redacted]` in place of each marked field that is set."""
    shown: dict[str, Any] = {}
    for field, value in message.ListFields():
        shown[field.name] = REDACTED if is_personal(field) or is_secret(field) else _shown(field, value)
    return shown


def redact_event(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: messages in log events are redacted wherever they stand."""
    for key, value in event.items():
        if isinstance(value, Message):
            event[key] = redacted(value)
    return event


def _shown(field: FieldDescriptor, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _single(item) for key, item in value.items()}
    return [_single(item) for item in value] if field.is_repeated else _single(value)


def _single(value: Any) -> Any:
    if not isinstance(value, Message):
        return value.hex() if isinstance(value, bytes) else value
    if value.DESCRIPTOR.file.package.startswith("google."):
        return MessageToDict(value, preserving_proto_field_name=True)
    return redacted(value)
