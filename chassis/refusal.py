"""What a service answers when it will not do what was asked.

    Refusal
    ├── InvalidFields             INVALID_FIELD
    │   └── InvalidField          INVALID_FIELD, of one field
    │       └── InvalidPageToken  INVALID_PAGE_TOKEN
    ├── NotFound                  RESOURCE_NOT_FOUND
    ├── AlreadyExists             RESOURCE_EXISTS
    ├── EtagMismatch              ETAG_MISMATCH
    ├── NotAllowed                NOT_ALLOWED
    ├── RequestIdReused           REQUEST_ID_REUSED
    └── a domain's own            a value of its contract's ErrorReason

Plain Python, so that aggregates may raise them. A refusal names its reason; the gRPC status that goes with it stands in
the contract, beside that reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class Refusal(Exception):
    """A command or query that the rules do not allow. Domains derive their own from it.

    Args:
        message: What is wrong, and what would be right, for the caller to read.
        retry_after: Seconds after which the same call may succeed.
        metadata: Facts for programs, sent as `ErrorInfo.metadata`.
    """

    reason: ClassVar[str]

    def __init__(self, message: str, *, retry_after: float | None = None, **metadata: str) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after
        self.metadata = metadata
        self.violations: Sequence[tuple[str, str]] = ()


class InvalidFields(Refusal):
    """Fields of the request break rules: pairs of field path and what is wrong. An empty path is the whole request."""

    reason = "INVALID_FIELD"

    def __init__(self, violations: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{field}: {message}" if field else message for field, message in violations))
        self.violations = violations


class InvalidField(InvalidFields):
    """A field of the request breaks a rule that the contract cannot express."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(((field, message),))


class InvalidPageToken(InvalidField):
    """A page token of another method, of another request, or of nobody."""

    reason = "INVALID_PAGE_TOKEN"

    def __init__(self) -> None:
        super().__init__("page_token", "must be the next_page_token of the same request's page before")


class NotFound(Refusal):
    """No such resource, or not one that the caller may see."""

    reason = "RESOURCE_NOT_FOUND"

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no {name or 'such resource'}", resource=name)


class AlreadyExists(Refusal):
    """A resource of that name is there already."""

    reason = "RESOURCE_EXISTS"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} exists already", resource=name)


class EtagMismatch(Refusal):
    """The resource has changed since the caller read it."""

    reason = "ETAG_MISMATCH"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has changed meanwhile: read it again, and decide anew", resource=name)


class NotAllowed(Refusal):
    """The caller's rights do not reach that far."""

    reason = "NOT_ALLOWED"


class RequestIdReused(Refusal):
    """The request id came before, with another body."""

    reason = "REQUEST_ID_REUSED"

    def __init__(self, request_id: str) -> None:
        super().__init__(f"request_id {request_id} was used for another request: use a new one", request_id=request_id)
