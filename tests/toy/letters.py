"""What the logs of events say did not take effect."""

from __future__ import annotations

import uuid
from typing import Any

from innkeeper.events.v1 import event_log_pb2 as pb
from innkeeper.events.v1.event_log_pb2_grpc import EventLogServiceStub
from tests.conftest import RunningPlatform


def log_of(running: RunningPlatform) -> EventLogServiceStub:
    """The logs of events of the services that run there."""
    return running.inside(EventLogServiceStub, as_service="cli")


async def letters(running: RunningPlatform, service: str = "listener") -> list[pb.DeadLetter]:
    """The dead letters of a service, the oldest first."""
    answer = await log_of(running).ListDeadLetters(pb.ListDeadLettersRequest(service=service))
    return list(answer.dead_letters)


async def redriven(running: RunningPlatform, service: str = "listener", **which: Any) -> tuple[int, int]:
    """Has dead letters of a service tried again; how many took effect, and how many are left."""
    request = pb.RedriveDeadLettersRequest(service=service, request_id=str(uuid.uuid4()), **which)
    answer = await log_of(running).RedriveDeadLetters(request)
    return answer.redriven_count, answer.left_count


def reasons(found: list[pb.DeadLetter]) -> list[str]:
    """Why each of them is one, as the contract calls it."""
    return [pb.DeadLetterReason.Name(letter.reason).removeprefix("DEAD_LETTER_REASON_") for letter in found]
