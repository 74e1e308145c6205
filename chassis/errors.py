"""Errors on the wire (google.rpc.Status, AIP-193), and the one place where exceptions become them.

Exception
├── Refusal           (chassis.refusal) what the rules do not allow
├── CallFailed        a call's end with a status; what interceptors raise
├── AioRpcError       (grpc.aio) another service's status, seen by its caller
└── StartError        (chassis.start_error) the process cannot start; one line says why
"""

from __future__ import annotations

from functools import cache
from math import ceil
from typing import TypeVar

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor import EnumDescriptor, FileDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from grpc.aio import Metadata
from grpc_status import rpc_status

from chassis.client.retry import NEVER_AGAIN
from chassis.refusal import Refusal
from chassis.start_error import StartError as StartError  # one of the family
from innkeeper.errors.v1 import error_reason_pb2
from innkeeper.options.v1 import options_pb2

D = TypeVar("D", bound=Message)
PREFIX = "ERROR_REASON_"
RETRY_AFTER = "retry-after"
PLATFORM = error_reason_pb2.DESCRIPTOR.enum_types_by_name["ErrorReason"]
TrailingMetadata = tuple[tuple[str, str | bytes], ...]
STATUS_CODES = {code.value[0]: code for code in grpc.StatusCode}

PASSED_ON = frozenset(
    {
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.ALREADY_EXISTS,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.ABORTED,
    }
)
"""What another service says of the request itself is true for our caller as well."""

NO_ANSWER = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED})
"""How a call ends that gets no answer. A server that stops cancels the calls that outlast its grace."""


class CallFailed(Exception):
    """A call's end with a status.

    Args:
        code: The gRPC status.
        message: For people.
        reason: For programs: `ErrorInfo.reason`.
        domain: The package whose ErrorReason lists the reason.
        final: Whether it is told to the caller not to try again at once, as that was done further down.
    """

    def __init__(
        self,
        code: grpc.StatusCode,
        message: str,
        *,
        reason: str,
        domain: str = PLATFORM.file.package,
        metadata: dict[str, str] | None = None,
        violations: tuple[tuple[str, str], ...] = (),
        retry_after: float | None = None,
        final: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.reason = reason
        self.retry_after = None if retry_after is None else ceil(retry_after)
        """Seconds until another try may help, as HTTP has them (RFC 9110 section 10.2.3); None where nobody knows."""

        self.final = final
        details: list[AnyMessage] = [_packed(ErrorInfo(reason=reason, domain=domain, metadata=metadata or {}))]
        if violations:
            pairs = [BadRequest.FieldViolation(field=field, description=text) for field, text in violations]
            details.append(_packed(BadRequest(field_violations=pairs)))
        if retry_after is not None:
            delay = Duration()
            delay.FromNanoseconds(int(retry_after * 1e9))
            details.append(_packed(RetryInfo(retry_delay=delay)))
        self.details = details

    @property
    def status(self) -> Status:
        """The whole of it, as it goes into the trailing metadata."""
        return Status(code=self.code.value[0], message=self.message, details=self.details)

    @property
    def trailing_metadata(self) -> TrailingMetadata:
        """The status as gRPC carries it (`grpc-status-details-bin`), the pushback of one that is final, and the header
        of HTTP that says when to try again: the edge hands it to callers by REST."""
        status = ("grpc-status-details-bin", self.status.SerializeToString())
        again = () if self.retry_after is None else ((RETRY_AFTER, str(self.retry_after)),)
        return (status, *again, NEVER_AGAIN) if self.final else (status, *again)

    def as_seen_by_client(self) -> grpc.aio.AioRpcError:
        """The error that a client gets of such a call, whatever it went by."""
        return grpc.aio.AioRpcError(self.code, Metadata(), Metadata(*self.trailing_metadata), self.message)


def platform_error(reason: str, message: str, *, retry_after: float | None = None, **metadata: str) -> CallFailed:
    """An error of the platform itself, with the code that `innkeeper.errors.v1` gives its reason."""
    return CallFailed(codes_of(PLATFORM)[reason], message, reason=reason, metadata=metadata, retry_after=retry_after)


def refused(refusal: Refusal, contract: FileDescriptor) -> CallFailed:
    """The status of a refusal. Its reason is looked up in the service's own contract, then among the platform's."""
    own = contract.enum_types_by_name.get("ErrorReason")
    enum = own if own is not None and refusal.reason in codes_of(own) else PLATFORM
    return CallFailed(
        codes_of(enum)[refusal.reason],
        refusal.message,
        reason=refusal.reason,
        domain=enum.file.package,
        metadata=refusal.metadata,
        violations=tuple(refusal.violations),
        retry_after=refusal.retry_after,
    )


def passed_on(
    error: grpc.aio.AioRpcError, trace_id: str, said_to_caller: frozenset[grpc.StatusCode] = PASSED_ON
) -> CallFailed:
    """What a failed call to another service means for our own caller, to whom statuses of these codes are said as well.

    It is final: we have made that call again as often as is good, and were each hop on the way to do the same, four
    tries a hop would be sixteen calls two hops further.
    """
    code, status, reason = error.code(), status_of(error), reason_of(error)
    if code in said_to_caller and status is not None and reason:
        failed = CallFailed(code, status.message, reason=reason, final=True)
        failed.details = list(status.details)
        return failed
    if code in NO_ANSWER:
        failed = platform_error(
            "DEPENDENCY_UNAVAILABLE", "a service that this call needs did not answer: try again", retry_after=1.0
        )
        failed.final = True
        return failed
    return platform_error("INTERNAL", "another service refused a call that it should take", trace_id=trace_id)


@cache
def codes_of(enum: EnumDescriptor) -> dict[str, grpc.StatusCode]:
    """Each reason of an ErrorReason enum with the gRPC status that the contract gives it."""
    return {
        value.name.removeprefix(PREFIX): STATUS_CODES[value.GetOptions().Extensions[options_pb2.error].code]
        for value in enum.values
        if value.number
    }


def status_of(error: grpc.aio.AioRpcError) -> Status | None:
    """The rich status that a failed call brought, if it brought one."""
    status: Status | None = rpc_status.from_call(error)  # type: ignore[arg-type]
    return status


def reason_of(error: grpc.aio.AioRpcError) -> str:
    """The `ErrorInfo.reason` of a failed call; empty where it has none."""
    info = error_info(error)
    return info.reason if info else ""


def error_info(error: grpc.aio.AioRpcError) -> ErrorInfo | None:
    """The `ErrorInfo` of a failed call, with its reason, domain and metadata."""
    return detail_of(error, ErrorInfo)


def detail_of(error: grpc.aio.AioRpcError, kind: type[D]) -> D | None:
    """The detail of that type that a failed call brought, if it brought one."""
    status = status_of(error)
    for packed in status.details if status else ():
        detail = kind()
        if packed.Unpack(detail):
            return detail
    return None


def _packed(message: ErrorInfo | BadRequest | RetryInfo) -> AnyMessage:
    packed = AnyMessage()
    packed.Pack(message)
    return packed
