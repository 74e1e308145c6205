"""Reads a descriptor image: what our contracts declare, each thing with its comment and its place in the source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

from google.protobuf import descriptor_pb2 as pb

# An option can be read only where its extension is known before the image is parsed.
from buf.validate import validate_pb2 as _validate  # noqa: F401
from innkeeper.options.v1 import options_pb2 as _options  # noqa: F401

Proto = (
    pb.DescriptorProto
    | pb.FieldDescriptorProto
    | pb.OneofDescriptorProto
    | pb.EnumDescriptorProto
    | pb.EnumValueDescriptorProto
    | pb.ServiceDescriptorProto
    | pb.MethodDescriptorProto
)
P = TypeVar("P", bound=Proto, covariant=True)

# Field numbers of descriptor.proto: a place in the source is a path of these and of indices.
MESSAGES: Final = pb.FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER
ENUMS: Final = pb.FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER
SERVICES: Final = pb.FileDescriptorProto.SERVICE_FIELD_NUMBER
EXTENSIONS: Final = pb.FileDescriptorProto.EXTENSION_FIELD_NUMBER
FIELDS: Final = pb.DescriptorProto.FIELD_FIELD_NUMBER
ONEOFS: Final = pb.DescriptorProto.ONEOF_DECL_FIELD_NUMBER
NESTED_MESSAGES: Final = pb.DescriptorProto.NESTED_TYPE_FIELD_NUMBER
NESTED_ENUMS: Final = pb.DescriptorProto.ENUM_TYPE_FIELD_NUMBER
VALUES: Final = pb.EnumDescriptorProto.VALUE_FIELD_NUMBER
METHODS: Final = pb.ServiceDescriptorProto.METHOD_FIELD_NUMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class Element(Generic[P]):
    """One thing that a contract declares."""

    name: str
    """Its full name, such as `innkeeper.users.v1.User.email`."""
    package: str
    place: str
    """File and line, such as `protos/innkeeper/users/v1/users.proto:80`."""
    comment: str
    proto: P


class Image:
    """The contracts of one image: those of ours, with the third-party types that they use."""

    def __init__(self, files: Sequence[pb.FileDescriptorProto]) -> None:
        self._elements = [
            element for file in files if file.package.startswith("innkeeper.") for element in _File(file).elements()
        ]
        every = [element for file in files for element in _File(file).elements()]
        self._messages = {e.name: e.proto for e in every if isinstance(e.proto, pb.DescriptorProto)}
        self._enums = {e.name: e.proto for e in every if isinstance(e.proto, pb.EnumDescriptorProto)}
        self._comments = {e.name: e.comment for e in self._elements}

    @classmethod
    def load(cls, path: Path) -> Image:
        """Read the image that `make generate` wrote."""
        return cls(pb.FileDescriptorSet.FromString(path.read_bytes()).file)

    def elements(self) -> Sequence[Element[Proto]]:
        """Everything that our contracts declare, file by file, from top to bottom."""
        return self._elements

    def services(self) -> Iterator[Element[pb.ServiceDescriptorProto]]:
        """Every service of ours."""
        return (
            _as(pb.ServiceDescriptorProto, e) for e in self._elements if isinstance(e.proto, pb.ServiceDescriptorProto)
        )

    def methods(self) -> Iterator[Element[pb.MethodDescriptorProto]]:
        """Every method of every service of ours."""
        return (
            _as(pb.MethodDescriptorProto, e) for e in self._elements if isinstance(e.proto, pb.MethodDescriptorProto)
        )

    def enums(self) -> Iterator[Element[pb.EnumDescriptorProto]]:
        """Every enum of ours."""
        return (_as(pb.EnumDescriptorProto, e) for e in self._elements if isinstance(e.proto, pb.EnumDescriptorProto))

    def values(self, enum: str) -> Iterator[Element[pb.EnumValueDescriptorProto]]:
        """The values of one enum of ours, in order."""
        return (
            _as(pb.EnumValueDescriptorProto, e)
            for e in self._elements
            if isinstance(e.proto, pb.EnumValueDescriptorProto) and e.name.rpartition(".")[0] == enum
        )

    def message(self, name: str) -> pb.DescriptorProto:
        """A message by its full name, with a leading dot or without, third-party ones included."""
        return self._messages[name.removeprefix(".")]

    def messages(self) -> Mapping[str, pb.DescriptorProto]:
        """Every message by its full name, third-party ones included."""
        return self._messages

    def enum(self, name: str) -> pb.EnumDescriptorProto:
        """An enum by its full name, with a leading dot or without, third-party ones included."""
        return self._enums[name.removeprefix(".")]

    def comment(self, name: str) -> str:
        """The comment of what has that full name; empty for what is third-party."""
        return self._comments.get(name.removeprefix("."), "")

    def field(self, message: str, path: str) -> pb.FieldDescriptorProto | None:
        """The field that a dotted path such as `user.name` leads to from a message, if there is one."""
        first, _, rest = path.partition(".")
        field = next((field for field in self.message(message).field if field.name == first), None)
        if field is None or not rest:
            return field
        return self.field(field.type_name, rest) if field.type_name else None


def _as(kind: type[P], element: Element[Proto]) -> Element[P]:
    assert isinstance(element.proto, kind)
    return element  # type: ignore[return-value]


class _File:
    def __init__(self, file: pb.FileDescriptorProto) -> None:
        self._file = file
        self._places = {tuple(place.path): place for place in file.source_code_info.location}

    def elements(self) -> Iterator[Element[Proto]]:
        for index, service in enumerate(self._file.service):
            yield from self._service(service, (SERVICES, index))
        for index, message in enumerate(self._file.message_type):
            yield from self._message(message, self._file.package, (MESSAGES, index))
        for index, enum in enumerate(self._file.enum_type):
            yield from self._enum(enum, self._file.package, (ENUMS, index))
        for index, extension in enumerate(self._file.extension):
            yield self._element(extension, self._file.package, (EXTENSIONS, index))

    def _service(self, service: pb.ServiceDescriptorProto, path: tuple[int, ...]) -> Iterator[Element[Proto]]:
        yield (element := self._element(service, self._file.package, path))
        for index, method in enumerate(service.method):
            yield self._element(method, element.name, (*path, METHODS, index))

    def _message(self, message: pb.DescriptorProto, scope: str, path: tuple[int, ...]) -> Iterator[Element[Proto]]:
        if message.options.map_entry:
            return
        yield (element := self._element(message, scope, path))
        for index, field in enumerate(message.field):
            yield self._element(field, element.name, (*path, FIELDS, index))
        for index, oneof in enumerate(message.oneof_decl):
            # An optional field stands in a oneof of its own, which nobody wrote.
            if any(
                f.oneof_index == index and f.HasField("oneof_index") and not f.proto3_optional for f in message.field
            ):
                yield self._element(oneof, element.name, (*path, ONEOFS, index))
        for index, nested in enumerate(message.nested_type):
            yield from self._message(nested, element.name, (*path, NESTED_MESSAGES, index))
        for index, enum in enumerate(message.enum_type):
            yield from self._enum(enum, element.name, (*path, NESTED_ENUMS, index))

    def _enum(self, enum: pb.EnumDescriptorProto, scope: str, path: tuple[int, ...]) -> Iterator[Element[Proto]]:
        yield (element := self._element(enum, scope, path))
        for index, value in enumerate(enum.value):
            yield self._element(value, element.name, (*path, VALUES, index))

    def _element(self, proto: Proto, scope: str, path: tuple[int, ...]) -> Element[Proto]:
        place = self._places.get(path, pb.SourceCodeInfo.Location(span=[0]))
        return Element(
            name=f"{scope}.{proto.name}",
            package=self._file.package,
            place=f"protos/{self._file.name}:{place.span[0] + 1}",
            comment=" ".join(place.leading_comments.split()),
            proto=proto,
        )
