"""Messages as logs may show them: without what the contract marks as personal or secret."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

from google.protobuf import descriptor_pool
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

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
        event[key] = _without_messages(value)
    return event


def _without_messages(value: Any) -> Any:
    if isinstance(value, Message):
        return redacted(value)
    if isinstance(value, Mapping):
        return {key: _without_messages(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_messages(item) for item in value]
    if isinstance(value, tuple):
        return tuple(_without_messages(item) for item in value)
    return value


def _shown(field: FieldDescriptor, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _single(item) for key, item in value.items()}
    return [_single(item) for item in value] if field.is_repeated else _single(value)


def _single(value: Any) -> Any:
    if not isinstance(value, Message):
        return value.hex() if isinstance(value, bytes) else value
    if isinstance(value, AnyMessage):
        return _opened(value)
    if value.DESCRIPTOR.file.package.startswith("google."):
        return MessageToDict(value, preserving_proto_field_name=True)
    return redacted(value)


def _opened(packed: AnyMessage) -> dict[str, Any]:
    """What a message of any type holds; nothing of it where the type is not known here."""
    try:
        message_class = GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(packed.TypeName()))
    except KeyError:
        return {"@type": packed.type_url, "value": REDACTED}
    return {"@type": packed.type_url, **redacted(message_class.FromString(packed.value))}
