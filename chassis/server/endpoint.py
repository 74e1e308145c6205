"""The methods of one gRPC service, each with its interceptors folded round it: what every transport calls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import ServiceDescriptor

from chassis.context import Call
from chassis.policy import Method, methods
from chassis.server.interceptor import Handler, ServerInterceptor, folded


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method, ready to be called."""

    method: Method
    handle: Handler


def endpoints(
    contract: ServiceDescriptor, servicer: object, interceptors: Sequence[ServerInterceptor]
) -> dict[str, Endpoint]:
    """The service's methods by their paths (`/package.Service/Method`).

    Raises TypeError where the servicer lacks a method of the contract.
    """
    bound = {}
    for method in methods(contract):
        implementation = getattr(servicer, snake_case(method.name), None)
        if implementation is None:
            raise TypeError(f"{type(servicer).__name__} has no {snake_case(method.name)} for {method.path}")
        bound[method.path] = Endpoint(method, folded(interceptors, method, _adapted(method, implementation)))
    return bound


def snake_case(name: str) -> str:
    """`GetUser` → `get_user`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _adapted(method: Method, implementation: Any) -> Handler:
    """Gives a servicer's method the shape of a handler."""

    async def unary(request: Any, call: Call) -> Any:
        return await implementation(request)

    async def streaming(request: Any, call: Call) -> None:
        assert call.write is not None
        async with aclosing(implementation(request)) as messages:  # a caller who hangs up ends the method at once
            async for message in messages:
                await call.write(message)

    return streaming if method.server_streaming else unary
