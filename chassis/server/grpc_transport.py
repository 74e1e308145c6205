"""Calls that come over a socket, by grpc.aio."""

from __future__ import annotations

import time
from typing import Any

import grpc

from chassis.context import Call
from chassis.errors import CallFailed
from chassis.server.endpoint import Endpoint

FOREVER = 1e9


def rpc_handler(endpoint: Endpoint) -> grpc.RpcMethodHandler[Any, Any]:
    """What grpc.aio calls for one method."""
    method, handle = endpoint.method, endpoint.handle
    clock = time.monotonic

    async def respond(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
        call = Call(
            method=method,
            metadata=dict(context.invocation_metadata() or ()),  # type: ignore[arg-type]
            deadline=clock() + (context.time_remaining() or FOREVER),
            peer=context.peer(),
            write=context.write if method.server_streaming else None,
        )
        try:
            return await handle(request, call)
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
        request_deserializer=method.request_class.FromString,
        response_serializer=method.response_class.SerializeToString,
    )
    return handler
