"""Turns whatever a call ends with into a status of the contract; nothing of the inside leaks out."""

from __future__ import annotations

from typing import Any

import grpc
import structlog
from google.protobuf.descriptor import FileDescriptor
from sqlalchemy.exc import DBAPIError

from chassis.context import Call
from chassis.errors import CallFailed, passed_on, platform_error, refused
from chassis.policy import Method
from chassis.refusal import Refusal
from chassis.server.interceptor import Handler
from chassis.storage.outage import cause_of

OUT_OF_ORDER = "the service cannot read or write its database now: try again with the same request id"


class ErrorInterceptor:
    """Refusals get the code that the contract gives their reason; a database that is out of order is one for
    another try; what nobody foresaw is logged, and is INTERNAL.

    Args:
        contract: The file whose ErrorReason the service's refusals name.
    """

    def __init__(self, contract: FileDescriptor) -> None:
        self._contract = contract

    def bind(self, method: Method, proceed: Handler) -> Handler:
        contract = self._contract
        log = structlog.get_logger().bind(logger="innkeeper.errors", method=method.path)

        async def failing_well(request: Any, call: Call) -> Any:
            try:
                return await proceed(request, call)
            except CallFailed:
                raise
            except Refusal as refusal:
                raise refused(refusal, contract) from None
            except grpc.aio.AioRpcError as error:
                log.warning("dependency_failed", code=error.code().name, details=error.details())
                raise passed_on(error, call.trace.trace_id) from error
            except TimeoutError as error:
                raise platform_error("DEADLINE_PASSED", "the deadline passed before the answer was ready") from error
            except Exception as error:
                if isinstance(error, DBAPIError) and (cause := cause_of(error)) is not None:
                    log.error("storage_failed", error=cause)
                    raise platform_error("DEPENDENCY_UNAVAILABLE", OUT_OF_ORDER, retry_after=1.0) from error
                log.exception("defect", request=call.request)
                raise platform_error(
                    "INTERNAL", "a defect of ours; the trace id finds it in the logs", trace_id=call.trace.trace_id
                ) from error

        return failing_well
