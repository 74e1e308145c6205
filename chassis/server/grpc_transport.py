"""Calls that come over a socket, by grpc.aio."""

from __future__ import annotations

import time
from math import inf
from typing import Any

import grpc

from chassis.context import Call
from chassis.errors import CallFailed
from chassis.server.endpoint import Endpoint
from chassis.server.unreadable import readable, reader


def rpc_handler(endpoint: Endpoint) -> grpc.RpcMethodHandler[Any, Any]:
    """What grpc.aio calls for one method."""
    method, handle = endpoint.method, endpoint.handle
    clock = time.monotonic

    async def respond(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
        remaining: Any = context.time_remaining()  # None where the caller set no deadline
        deadline = inf if remaining is None else clock() + remaining
        call = Call(
            method=method,
            metadata=dict(context.invocation_metadata() or ()),  # type: ignore[arg-type]
            deadline=deadline,
            cut_off=deadline,
            peer=context.peer,
            write=context.write if method.server_streaming else None,
        )
        try:
            return await handle(readable(request, method.request_class) if method.client_streaming else request, call)
        except CallFailed as failed:
            context.set_trailing_metadata(failed.trailing_metadata)
            await context.abort(failed.code, failed.message)

    kinds = {
        (False, False): grpc.unary_unary_rpc_method_handler,
        (False, True): grpc.unary_stream_rpc_method_handler,
        (True, False): grpc.stream_unary_rpc_method_handler,
        (True, True): grpc.stream_stream_rpc_method_handler,
    }
    make: Any = kinds[method.client_streaming, method.server_streaming]
    handler: grpc.RpcMethodHandler[Any, Any] = make(
        respond,
        request_deserializer=reader(method.request_class),
        response_serializer=method.response_class.SerializeToString,
    )
    return handler
