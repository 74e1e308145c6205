"""What is refused, and what went wrong, becomes the status that the contract gives its reason."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from grpc.aio import AioRpcError, Metadata

from chassis.client.retry import is_final
from chassis.errors import CallFailed, error_info, passed_on, platform_error, reason_of, refused, status_of
from chassis.refusal import (
    AlreadyExists,
    EtagMismatch,
    InvalidField,
    InvalidFields,
    InvalidPageToken,
    NotAllowed,
    NotFound,
    Refusal,
    RequestIdReused,
)
from tests.toy import contract

PLATFORM, TOY = "innkeeper.errors.v1", "toy.v1"


class ToyBroken(Refusal):
    reason = "TOY_BROKEN"


REFUSALS: list[Any] = [
    pytest.param(InvalidField("a", "b"), grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", PLATFORM, id="a field"),
    pytest.param(
        InvalidFields([("a", "b"), ("", "c")]),
        grpc.StatusCode.INVALID_ARGUMENT,
        "INVALID_FIELD",
        PLATFORM,
        id="several fields",
    ),
    pytest.param(
        InvalidPageToken(), grpc.StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN", PLATFORM, id="a page token"
    ),
    pytest.param(NotFound("users/a"), grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND", PLATFORM, id="not found"),
    pytest.param(AlreadyExists("users/a"), grpc.StatusCode.ALREADY_EXISTS, "RESOURCE_EXISTS", PLATFORM, id="exists"),
    pytest.param(EtagMismatch("users/a"), grpc.StatusCode.ABORTED, "ETAG_MISMATCH", PLATFORM, id="etag"),
    pytest.param(NotAllowed("no"), grpc.StatusCode.PERMISSION_DENIED, "NOT_ALLOWED", PLATFORM, id="not allowed"),
    pytest.param(
        RequestIdReused("1"), grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED", PLATFORM, id="request id reused"
    ),
    pytest.param(ToyBroken("broken"), grpc.StatusCode.FAILED_PRECONDITION, "TOY_BROKEN", TOY, id="a domain's own"),
]


@pytest.mark.parametrize(("refusal", "code", "reason", "domain"), REFUSALS)
def test_the_status_of_a_refusal(refusal: Refusal, code: grpc.StatusCode, reason: str, domain: str) -> None:
    failed = refused(refusal, contract.file())
    assert (failed.code, failed.reason, failed.message) == (code, reason, str(refusal))
    info = details(failed.as_seen_by_client())[0]
    assert (info.reason, info.domain, dict(info.metadata)) == (reason, domain, refusal.metadata)


def test_a_refusal_that_no_contract_knows_is_a_defect() -> None:
    class Unheard(Refusal):
        reason = "UNHEARD"

    with pytest.raises(KeyError, match="UNHEARD"):
        refused(Unheard("of"), contract.file())


def test_each_broken_rule_is_told() -> None:
    failed = refused(InvalidFields([("a.b[0]", "must be"), ("", "must rhyme")]), contract.file())
    violations = details(failed.as_seen_by_client())[1].field_violations
    assert [(violation.field, violation.description) for violation in violations] == [
        ("a.b[0]", "must be"),
        ("", "must rhyme"),
    ]
    assert failed.message == "a.b[0]: must be; must rhyme"


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.0, (0, 0)), (0.5, (0, 500_000_000)), (90.25, (90, 250_000_000))], ids=str
)
def test_when_to_come_back(seconds: float, told: tuple[int, int]) -> None:
    retry = details(refused(ToyBroken("soon", retry_after=seconds), contract.file()).as_seen_by_client())[1]
    assert (retry.retry_delay.seconds, retry.retry_delay.nanos) == told


def test_what_goes_over_the_wire_is_what_a_client_reads() -> None:
    failed = platform_error("OVERLOADED", "later", retry_after=0.5, queue="full")
    (key, value), *more = failed.trailing_metadata
    assert (key, more) == ("grpc-status-details-bin", [("retry-after", "1")]), "HTTP has whole seconds only"
    error = failed.as_seen_by_client()
    assert (error.code(), error.details(), reason_of(error)) == (grpc.StatusCode.UNAVAILABLE, "later", "OVERLOADED")
    status = status_of(error)
    assert status is not None
    assert status.SerializeToString() == value


def test_a_failure_without_details_has_no_reason() -> None:
    bare = AioRpcError(grpc.StatusCode.UNAVAILABLE, Metadata(), Metadata(), "connection refused")
    assert (status_of(bare), error_info(bare), reason_of(bare)) == (None, None, "")


PASSED_ON: list[Any] = [
    pytest.param(code, (code, "TOY_BROKEN"), id=code.name)
    for code in (
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.ALREADY_EXISTS,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.ABORTED,
    )
] + [
    pytest.param(code, seen, id=code.name)
    for code, seen in (
        (grpc.StatusCode.UNAVAILABLE, (grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE")),
        (grpc.StatusCode.DEADLINE_EXCEEDED, (grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE")),
        (grpc.StatusCode.CANCELLED, (grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE")),
        (grpc.StatusCode.UNAUTHENTICATED, (grpc.StatusCode.INTERNAL, "INTERNAL")),
        (grpc.StatusCode.PERMISSION_DENIED, (grpc.StatusCode.INTERNAL, "INTERNAL")),
        (grpc.StatusCode.INTERNAL, (grpc.StatusCode.INTERNAL, "INTERNAL")),
        (grpc.StatusCode.UNKNOWN, (grpc.StatusCode.INTERNAL, "INTERNAL")),
        (grpc.StatusCode.UNIMPLEMENTED, (grpc.StatusCode.INTERNAL, "INTERNAL")),
    )
]


@pytest.mark.parametrize(("code", "seen"), PASSED_ON)
def test_what_a_dependency_answered(code: grpc.StatusCode, seen: tuple[grpc.StatusCode, str]) -> None:
    theirs = CallFailed(code, "the spring broke", reason="TOY_BROKEN", domain=TOY, metadata={"part": "spring"})
    ours = passed_on(theirs.as_seen_by_client(), trace_id="0af7")
    assert (ours.code, ours.reason) == seen
    info = error_info(ours.as_seen_by_client())
    assert info is not None
    assert info.reason == ours.reason
    if seen[0] is code and code is not grpc.StatusCode.INTERNAL and seen[1] == "TOY_BROKEN":
        assert (ours.message, info.domain, dict(info.metadata)) == ("the spring broke", TOY, {"part": "spring"})
    else:
        assert "spring" not in f"{ours.message} {info}", "what went wrong inside is nobody's business"
    if seen[1] != "INTERNAL":
        assert is_final(ours.as_seen_by_client()), "what was tried again one hop further is not to be tried again here"
        assert not is_final(theirs.as_seen_by_client())


def test_a_dependency_that_does_not_say_why() -> None:
    bare = AioRpcError(grpc.StatusCode.RESOURCE_EXHAUSTED, Metadata(), Metadata(), "message too large")
    ours = passed_on(bare, trace_id="0af7")
    info = error_info(ours.as_seen_by_client())
    assert (ours.code, ours.reason) == (grpc.StatusCode.INTERNAL, "INTERNAL")
    assert info is not None
    assert dict(info.metadata) == {"trace_id": "0af7"}


def details(error: AioRpcError) -> list[Any]:
    """The details of a failed call, unpacked."""
    status = status_of(error)
    assert status is not None
    return [_unpacked(detail) for detail in status.details]


def _unpacked(detail: AnyMessage) -> Any:
    for kind in (ErrorInfo(), BadRequest(), RetryInfo()):
        if detail.Unpack(kind):
            return kind
    raise AssertionError(detail.type_url)
