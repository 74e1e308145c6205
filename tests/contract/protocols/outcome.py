"""What a call comes to, in words that every protocol has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor_pool import Default
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

UNKNOWN = 2


@dataclass(kw_only=True)
class Failed(Exception):  # an exception gets a traceback, and so cannot be frozen
    """A call that failed: the number of its status, what is said to people, and the details for programs."""

    code: int
    message: str
    details: tuple[Message, ...]
    http_status: int = field(default=200, compare=False)

    @classmethod
    def of(cls, status: Status, http_status: int = 200) -> Failed:
        """The same, from the message that carries it."""
        details = tuple(_unpacked(detail) for detail in status.details)
        return cls(code=status.code, message=status.message, details=details, http_status=http_status)

    @property
    def reason(self) -> str:
        """`ErrorInfo.reason`; empty where there is none."""
        return next((detail.reason for detail in self.details if isinstance(detail, ErrorInfo)), "")


def _unpacked(packed: AnyMessage) -> Message:
    descriptor = Default().FindMessageTypeByName(packed.TypeName())
    message: Any = GetMessageClass(descriptor)()
    packed.Unpack(message)
    return message


def agreed(first: Message, last: Message) -> list[str]:
    """The fields in which two answers say the same; in the others each answer may say something else."""
    one, other = MessageToDict(first), MessageToDict(last)
    return [
        field.json_name for field in first.DESCRIPTOR.fields if one.get(field.json_name) == other.get(field.json_name)
    ]


def restricted(message: Message, fields: Iterable[str]) -> dict[str, Any]:
    """What a message says in these fields."""
    said = MessageToDict(message)
    return {field: said.get(field) for field in fields}
