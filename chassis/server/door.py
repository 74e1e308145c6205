"""Refuses calls under overload before anything is done for them.

A call that has passed the interceptors as far as admission has cost as much as a small call costs in all: its request
was received and read, its trace begun, its time taken. gRPC asks for a call's handler as soon as it has the method's
name and the metadata, which is all that admission needs to know.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

import grpc

from chassis.observability.metrics import Metrics
from chassis.policy import Method
from chassis.server.admission import AdmissionInterceptor
from chassis.server.endpoint import Endpoint
from chassis.server.priority import stays


class Door(grpc.GenericRpcHandler):
    """Stands before the handlers of a server, and handles what admission refuses.

    Args:
        endpoints: The methods that admission is asked for, by their paths.
    """

    def __init__(self, admission: AdmissionInterceptor, endpoints: Mapping[str, Endpoint], metrics: Metrics) -> None:
        self._admission = admission
        self._refusing = {
            path: (endpoint.method, self._refuser(endpoint.method, metrics))
            for path, endpoint in endpoints.items()
            if not stays(endpoint.method)
        }

    def service(self, handler_call_details: Any) -> grpc.RpcMethodHandler[Any, Any] | None:
        """What refuses the call; None, which leaves it to the handlers behind, where there is room for it."""
        if self._admission.lets_all_in:
            return None
        method, refuser = self._refusing.get(handler_call_details.method, (None, None))
        if method is None or not self._admission.refuses(
            method, {name for name, _ in handler_call_details.invocation_metadata}
        ):
            return None
        return refuser

    def _refuser(self, method: Method, metrics: Metrics) -> grpc.RpcMethodHandler[Any, Any]:
        """A handler that ends the call. As one of a stream it does not wait for the request, and what sets the code and
        returns is cheaper than what aborts."""
        refusals, count = self._admission.refusals, metrics.calls_of(method.service, method.name).count

        async def refuse(requests: Any, context: grpc.aio.ServicerContext[Any, Any]) -> None:
            remaining: Any = context.time_remaining()  # None where the caller set no deadline
            metadata = dict(context.invocation_metadata() or ())
            refusal = refusals.next(method, metadata, inf if remaining is None else remaining)
            context.set_code(refusal.code)
            context.set_details(refusal.message)
            context.set_trailing_metadata(refusal.trailing_metadata)
            count(refusal.code.name, 0.0)

        return grpc.stream_stream_rpc_method_handler(refuse)
