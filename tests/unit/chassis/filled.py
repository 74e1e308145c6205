"""Messages with every field set, so that nothing a rule has to hold for is left out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from chassis.policy import is_personal, is_secret

DEEPEST = 4
"""How far a message that holds its own kind is filled."""


class Filler:
    """Fills messages with values none of which comes twice, and remembers those that stand in marked fields.

    Args:
        payloads: What goes into fields that hold any message.
    """

    def __init__(self, payloads: tuple[Descriptor, ...] = ()) -> None:
        self.marked: list[str] = []
        self.plain: list[str] = []
        self._numbers = count(1_000_001)
        self._payloads = payloads

    def filled(self, descriptor: Descriptor, *, marked: bool = False, depth: int = 0) -> Message:
        """A message of that type; `marked` where what it stands in is marked."""
        message = GetMessageClass(descriptor)()
        if isinstance(message, AnyMessage):
            if self._payloads and depth < DEEPEST:
                message.Pack(self.filled(self._payloads[next(self._numbers) % len(self._payloads)], marked=marked))
            return message
        for field in _settable(descriptor):
            if field.message_type is not None and depth >= DEEPEST:
                continue
            self._fill(message, field, marked or is_personal(field) or is_secret(field), depth)
        return message

    def _fill(self, message: Message, field: FieldDescriptor, marked: bool, depth: int) -> None:
        entry = field.message_type
        if entry is not None and entry.GetOptions().map_entry:
            target, value_field = getattr(message, field.name), entry.fields_by_name["value"]
            for _ in range(2):
                key = self._value(entry.fields_by_name["key"], marked, depth)
                if value_field.message_type is None:
                    target[key] = self._value(value_field, marked, depth)
                else:
                    target[key].CopyFrom(self._value(value_field, marked, depth))
        elif field.is_repeated:
            getattr(message, field.name).extend(self._value(field, marked, depth) for _ in range(2))
        elif entry is not None:
            getattr(message, field.name).CopyFrom(self._value(field, marked, depth))
        else:
            setattr(message, field.name, self._value(field, marked, depth))

    def _value(self, field: FieldDescriptor, marked: bool, depth: int) -> Any:
        number = next(self._numbers)
        if field.message_type is not None:
            return self.filled(field.message_type, marked=marked, depth=depth + 1)
        if field.enum_type is not None:
            return field.enum_type.values[-1].number
        match field.cpp_type:
            case FieldDescriptor.CPPTYPE_STRING:
                text = f"value-{number}"
                binary = field.type == FieldDescriptor.TYPE_BYTES
                self._note(field, text.encode().hex() if binary else text, marked)
                return text.encode() if binary else text
            case FieldDescriptor.CPPTYPE_BOOL:
                return True
            case FieldDescriptor.CPPTYPE_DOUBLE | FieldDescriptor.CPPTYPE_FLOAT:
                return 0.5
            case _:
                self._note(field, str(number), marked)
                return number

    def _note(self, field: FieldDescriptor, value: str, marked: bool) -> None:
        """Of third-party types, what is not marked may be shown in another form."""
        if marked:
            self.marked.append(value)
        elif not field.file.package.startswith("google."):
            self.plain.append(value)


def _settable(descriptor: Descriptor) -> Iterator[FieldDescriptor]:
    """Every field, but of each choice only the last."""
    for field in descriptor.fields:
        choice = field.containing_oneof
        if choice is None or choice.fields[-1] is field or len(choice.fields) == 1:
            yield field
