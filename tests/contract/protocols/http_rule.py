"""The HTTP requests by which a method can be called, as its contract gives them (`google.api.http`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote

from google.api.annotations_pb2 import http
from google.api.http_pb2 import HttpRule
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import Message

from chassis.policy import Method

VARIABLE: Final = re.compile(r"\{([\w.]+)(?:=([^}]*))?\}")
BY_TEXT: Final = frozenset({"google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.FieldMask"})
"""Messages that are a string in JSON, and so in a query as well."""

LONGEST: Final = 8000
"""Characters of path and query that every server takes (RFC 9110 section 4.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One HTTP request: `query` in pairs, `body` as JSON or None for no body."""

    verb: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: Any


@dataclass(frozen=True, slots=True)
class Binding:
    """One of the HTTP requests of a method: `POST /v1/{name=bookings/*}:cancel`, with the field that is the body."""

    verb: str
    template: str
    body: str

    def request(self, message: Message) -> HttpRequest:
        """The HTTP request that carries a message: the path is filled from its fields, the body is `*` or one field,
        and the query has the rest."""
        rest = type(message)()
        rest.CopyFrom(message)
        path = VARIABLE.sub(lambda variable: quote(_taken(rest, variable[1]), safe="/"), self.template)
        if self.body == "*":
            return HttpRequest(verb=self.verb, path=path, query=(), body=MessageToDict(rest))
        body = None
        if self.body:
            body = MessageToDict(getattr(rest, self.body))
            rest.ClearField(self.body)
        return HttpRequest(verb=self.verb, path=path, query=tuple(_query(rest, "")), body=body)

    def can_say(self, message: Message) -> bool:
        """Whether the HTTP request for a message means that message and no other: a path has no room for a name that is
        empty, nor a query for a message or a mask with nothing in it, and neither for texts without an end."""
        try:
            asked = self.request(message)
            length = len(asked.path) + sum(len(name) + len(value) for name, value in asked.query)
            return length < LONGEST and self._read(asked, type(message)) == message
        except ValueError:
            return False

    def _read(self, asked: HttpRequest, message_class: type[Message]) -> Message:
        """The message of an HTTP request. Raises ValueError where it has none of that type."""
        descriptor: Any = message_class.DESCRIPTOR
        values: dict[str, Any] = {}
        names = [variable[1] for variable in VARIABLE.finditer(self.template)]
        found = re.fullmatch(_pattern(self.template), asked.path)
        if found is None:
            raise ValueError(f"{asked.path} is no {self.template}")
        if self.body:
            values = (
                dict(asked.body) if self.body == "*" else {descriptor.fields_by_name[self.body].json_name: asked.body}
            )
        for name, text in [*zip(names, map(unquote, found.groups()), strict=True), *asked.query]:
            _put(values, descriptor, name.split("."), text)
        return ParseDict(values, message_class())


def bindings(method: Method) -> list[Binding]:
    """All HTTP requests of a method, the main one first; none where the contract gives it none."""
    descriptor = _descriptor(method)
    if not descriptor.GetOptions().HasExtension(http):
        return []
    rule = descriptor.GetOptions().Extensions[http]
    return [_binding(one) for one in (rule, *rule.additional_bindings)]


def _descriptor(method: Method) -> Any:
    pool = method.request_class.DESCRIPTOR.file.pool
    return pool.FindServiceByName(method.service).methods_by_name[method.name]


def _binding(rule: HttpRule) -> Binding:
    verb = rule.WhichOneof("pattern") or ""
    return Binding(verb.upper(), getattr(rule, verb), rule.body)


def _taken(message: Any, path: str) -> str:
    """Takes the value of a field out of a message."""
    *parents, name = path.split(".")
    for parent in parents:
        message = getattr(message, parent)
    value = str(getattr(message, name))
    message.ClearField(name)
    return value


def _query(message: Message, prefix: str) -> Iterator[tuple[str, str]]:
    for field, value in message.ListFields():
        name = f"{prefix}{field.json_name}"
        if field.message_type is None:
            yield from ((name, _text(field, item)) for item in (value if field.is_repeated else [value]))
        elif field.message_type.full_name in BY_TEXT:
            if "" in getattr(value, "paths", ()):
                raise ValueError("a text has no place for the path of no field")
            yield name, value.ToJsonString()
        else:
            assert not field.is_repeated, f"{field.full_name}: a list of messages has no place in a query"
            yield from _query(value, f"{name}.")


def _pattern(template: str) -> str:
    """What paths look like that fit a template of AIP-127, a group for each variable."""
    parts = VARIABLE.split(template)
    fixed, variables = parts[::3], [re.escape(pattern or "*").replace(r"\*", "[^/]+") for pattern in parts[2::3]]
    return re.escape(fixed[0]) + "".join(
        f"({variable}){re.escape(text)}" for variable, text in zip(variables, fixed[1:], strict=True)
    )


def _put(values: dict[str, Any], descriptor: Any, way: Sequence[str], text: str) -> None:
    """Sets a field, by its name of either kind, in what is to become a message."""
    field = descriptor.fields_by_name.get(way[0]) or descriptor.fields_by_camelcase_name[way[0]]
    if way[1:]:
        _put(values.setdefault(field.json_name, {}), field.message_type, way[1:], text)
    elif field.is_repeated:
        values.setdefault(field.json_name, []).append(text)
    else:
        values[field.json_name] = text == "true" if field.type == FieldDescriptor.TYPE_BOOL else text


def _text(field: FieldDescriptor, value: Any) -> str:
    if field.enum_type is not None:
        return str(field.enum_type.values_by_number[value].name)
    return str(value).lower() if isinstance(value, bool) else str(value)
