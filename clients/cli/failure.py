"""What a failure means to the person at the terminal: one line, and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from chassis.start_error import StartError

if TYPE_CHECKING:
    import grpc

FAILED = 1
MISTAKE = 2


class Failure(Exception):
    """Something that stands between the user and the command's end, in words that say what to do."""

    exit_code = FAILED


class Mistake(Failure):
    """The command was given something that it cannot work with."""

    exit_code = MISTAKE


def exit_code(command: Callable[[], int | None]) -> int:
    """Run the command; its exit code. Whatever a user can put right is told in one line on standard error."""
    try:
        return command() or 0
    except Exception as error:
        line, code = explained(error)
        if line is None:
            raise
        tell(line)
        return code


def tell(line: str) -> None:
    """Say on standard error what went wrong."""
    print(f"innkeeper: {' '.join(line.split())}", file=sys.stderr)


def explained(error: Exception) -> tuple[str | None, int]:
    """The line that tells of the error, and the exit code. No line where the error is a defect of ours."""
    import grpc  # only now: not every command makes calls

    match error:
        case Failure():
            return str(error), error.exit_code
        case StartError():
            return str(error), MISTAKE
        case grpc.RpcError():
            return refusal(error), FAILED
        case _:
            return None, FAILED


def refusal(error: grpc.RpcError) -> str:
    """A failed call in one line: reason, message and, where there are any, the fields to mend.

    Such as `RESOURCE_NOT_FOUND: there is no users/ada (NOT_FOUND)`.
    """
    import grpc.aio
    from google.rpc.error_details_pb2 import BadRequest

    from chassis.errors import detail_of, reason_of

    failed = cast(grpc.aio.AioRpcError, error)  # the synchronous one has the same methods, and no name
    code, message = failed.code(), failed.details() or ""
    reason, broken = reason_of(failed) or code.name, detail_of(failed, BadRequest) or BadRequest()
    fields = [f"{violation.field}: {violation.description}" for violation in broken.field_violations]
    told = "; ".join(field for field in fields if field not in message)
    return f"{reason}: {message}{f' [{told}]' if told else ''}" + (f" ({code.name})" if reason != code.name else "")
