"""Assertions on how calls fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
import pytest
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo

from chassis.errors import error_info, reason_of, status_of


class Refused:
    """What is known of a failed call when the block ends."""

    error: grpc.aio.AioRpcError
    info: ErrorInfo

    @property
    def fields(self) -> list[str]:
        """The fields that the BadRequest detail names."""
        return [violation.field for violation in violations_of(self.error)]


def violations_of(error: grpc.aio.AioRpcError) -> list[BadRequest.FieldViolation]:
    """The field violations that a failed call brought."""
    status = status_of(error)
    for detail in status.details if status else ():
        bad_request = BadRequest()
        if detail.Unpack(bad_request):
            return list(bad_request.field_violations)
    return []


@asynccontextmanager
async def refused(code: grpc.StatusCode, reason: str) -> AsyncIterator[Refused]:
    """The block makes a call that fails with that status and reason."""
    outcome = Refused()
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        yield outcome
    outcome.error = raised.value
    assert (raised.value.code(), reason_of(raised.value)) == (code, reason), raised.value.details()
    outcome.info = error_info(raised.value) or ErrorInfo()
