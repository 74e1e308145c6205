"""A service as an object at the prompt: each RPC a method that takes the request's fields as keywords."""

from __future__ import annotations

import importlib
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from inspect import Parameter, Signature
from typing import Any, cast

import grpc
from google.protobuf.descriptor import Descriptor, FieldDescriptor, ServiceDescriptor
from google.protobuf.message import Message

from chassis.policy import Method, methods
from clients.cli.prompt.request import built
from innkeeper.options.v1 import options_pb2

GRACE = 1.0
"""Seconds beyond the contract's deadline: the server is the one to say that it has passed."""

Bearer = Callable[[], str]
"""Gives the access token to call with."""


class Remote:
    """A service, over a channel.

    Args:
        contract: What it serves.
        channel: The way there.
        bearer: Gives the access token; not asked for methods that anyone may call.
        comments: What the contracts say of each thing, by full name.
    """

    def __init__(
        self, contract: ServiceDescriptor, channel: grpc.Channel, bearer: Bearer, comments: Mapping[str, str]
    ) -> None:
        self.__doc__ = comments.get(contract.full_name, "")
        self._contract = contract
        stub = _stub(contract, channel)
        self._methods = [
            RemoteMethod(method, getattr(stub, method.name), bearer, comments) for method in methods(contract)
        ]
        for method in self._methods:
            setattr(self, method.__name__, method)

    def __dir__(self) -> list[str]:
        return [method.__name__ for method in self._methods]

    def __repr__(self) -> str:
        return "\n".join((self._contract.full_name, *(f"  {method!r}" for method in self._methods)))


class RemoteMethod:
    """One RPC. Called with the request's fields, or a whole request, or for a request stream an iterable of either."""

    def __init__(self, method: Method, call: Callable[..., Any], bearer: Bearer, comments: Mapping[str, str]) -> None:
        self._method = method
        self._bearer = bearer
        self._call = call
        self._kind = kind = cast(Descriptor, method.request_class.DESCRIPTOR)
        self.__name__ = method.name
        self.__qualname__ = f"{method.service}.{method.name}"
        self.__doc__ = _documentation(method, kind, comments)
        self.__signature__ = _signature(method, kind)

    def __call__(self, request: Message | Iterable[Message | Mapping[str, Any]] | None = None, /, **fields: Any) -> Any:
        """Make the call, wait for the answer and return it. Raises grpc.RpcError where it is refused."""
        public = self._method.access == options_pb2.ACCESS_PUBLIC
        return self._call(
            self._requests(request or ()) if self._method.client_streaming else self._request(request, fields),
            timeout=self._method.deadline + GRACE,
            metadata=() if public else (("authorization", f"Bearer {self._bearer()}"),),
        )

    def __repr__(self) -> str:
        parameters = ", ".join(f"{field.name}: {_type(field)}" for field in self._kind.fields)
        stream = "requests" if self._method.client_streaming else parameters
        return f"{self._method.name}({stream}) -> {self._method.response_class.DESCRIPTOR.name}"

    def _requests(self, messages: Any) -> Iterator[Message]:
        for message in messages:
            yield self._request(message, {}) if isinstance(message, Message) else self._request(None, message)

    def _request(self, given: Any, fields: Mapping[str, Any]) -> Message:
        request = built(self._kind, fields)
        if given is not None:
            request.MergeFrom(given)
        if "request_id" in self._kind.fields_by_name and not request.request_id:  # type: ignore[attr-defined]
            request.request_id = str(uuid.uuid4())  # type: ignore[attr-defined]
        return request


def _stub(contract: ServiceDescriptor, channel: grpc.Channel) -> Any:
    """The generated stub of a service; the file of the contract says which module it is in."""
    module = importlib.import_module(contract.file.name.removesuffix(".proto").replace("/", ".") + "_pb2_grpc")
    return getattr(module, f"{contract.name}Stub")(channel)


def _signature(method: Method, kind: Descriptor) -> Signature:
    if method.client_streaming:
        parameters = [Parameter("requests", Parameter.POSITIONAL_ONLY)]
    else:
        parameters = [Parameter(field.name, Parameter.KEYWORD_ONLY, annotation=_type(field)) for field in kind.fields]
    return Signature(parameters, return_annotation=method.response_class.DESCRIPTOR.name)


def _type(field: FieldDescriptor) -> str:
    kind = field.message_type or field.enum_type
    name = kind.name if kind is not None else SCALARS.get(field.cpp_type, "str")
    return f"list[{name}]" if field.is_repeated else name


SCALARS: Mapping[int, str] = {
    FieldDescriptor.CPPTYPE_BOOL: "bool",
    FieldDescriptor.CPPTYPE_DOUBLE: "float",
    FieldDescriptor.CPPTYPE_FLOAT: "float",
    FieldDescriptor.CPPTYPE_INT32: "int",
    FieldDescriptor.CPPTYPE_INT64: "int",
    FieldDescriptor.CPPTYPE_UINT32: "int",
    FieldDescriptor.CPPTYPE_UINT64: "int",
}


def _documentation(method: Method, kind: Descriptor, comments: Mapping[str, str]) -> str:
    said = [comments.get(f"{method.service}.{method.name}", ""), "", *_fields(kind, comments)]
    return "\n".join(said).strip()


def _fields(kind: Descriptor, comments: Mapping[str, str], nested: bool = True) -> Iterator[str]:
    """What the contract says of each field; of a message of ours also of the fields therein."""
    for field in kind.fields:
        yield f"{field.name}: {_type(field)}"
        yield f"    {comments.get(field.full_name, '')}"
        if nested and field.message_type is not None and field.message_type.full_name in comments:
            yield from (f"    {line}" for line in _fields(field.message_type, comments, nested=False))
