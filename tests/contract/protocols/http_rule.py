"""The HTTP requests by which a method can be called, as its contract gives them (`google.api.http`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from google.api.annotations_pb2 import http
from google.api.http_pb2 import HttpRule
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from chassis.policy import Method

VARIABLE: Final = re.compile(r"\{([\w.]+)(?:=([^}]*))?\}")
BY_TEXT: Final = frozenset({"google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.FieldMask"})
"""Messages that are a string in JSON, and so in a query as well."""


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
            yield name, value.ToJsonString()
        else:
            assert not field.is_repeated, f"{field.full_name}: a list of messages has no place in a query"
            yield from _query(value, f"{name}.")


def _text(field: FieldDescriptor, value: Any) -> str:
    if field.enum_type is not None:
        return str(field.enum_type.values_by_number[value].name)
    return str(value).lower() if isinstance(value, bool) else str(value)
