"""The access log has a line for each call, in the order in which calls ended."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chassis.context import Principal
from chassis.observability import access_log
from chassis.observability.access_log import AccessLog
from chassis.observability.trace import Trace
from tests.toy.service import until
from tests.unit.chassis.calls import call, in_hand


class Lines:
    """What was written, and in how many goes."""

    def __init__(self) -> None:
        self.written: list[dict[str, Any]] = []
        self.goes = 0

    def __call__(self, lines: Sequence[dict[str, Any]]) -> None:
        self.written.extend(lines)
        self.goes += 1


async def test_what_a_line_says() -> None:
    log = AccessLog(lines := Lines())
    ada = Principal(subject="clients/booking", user="users/ada")
    log.add(call(principal=ada, trace=Trace(255, 1, False)), "NOT_FOUND", "RESOURCE_NOT_FOUND", 0.0123456)
    log.flush()
    (line,) = lines.written
    assert line.pop("timestamp").tzinfo is not None
    assert line == {
        "event": "call",
        "level": "info",
        "logger": "innkeeper.access",
        "method": "/toy.v1.ToyService/Tell",
        "code": "NOT_FOUND",
        "reason": "RESOURCE_NOT_FOUND",
        "ms": 12.346,
        "subject": "clients/booking",
        "user": "users/ada",
        "trace_id": f"{'0' * 30}ff",
    }


async def test_lines_are_written_together_a_moment_later_and_in_order() -> None:
    log = AccessLog(lines := Lines())
    for number in range(10):
        with in_hand(call(trace=Trace(number + 1, 1, False))) as current:
            log.add(current, "OK", "", number)
    assert lines.goes == 0
    await until(lambda: lines.goes > 0)
    assert lines.goes == 1
    assert [line["ms"] for line in lines.written] == [number * 1000 for number in range(10)]
    assert [int(line["trace_id"], 16) for line in lines.written] == list(range(1, 11)), "each has its own trace"


async def test_many_lines_do_not_wait() -> None:
    log = AccessLog(lines := Lines())
    for _ in range(access_log.LARGEST_WAIT):
        log.add(call(), "OK", "", 0.0)
    assert (lines.goes, len(lines.written)) == (1, access_log.LARGEST_WAIT)
    log.add(call(), "OK", "", 0.0)
    await until(lambda: lines.goes == 2)


async def test_routine_leaves_a_line_only_where_it_fails() -> None:
    log = AccessLog(lines := Lines())
    routine = call()
    routine.method = replace(routine.method, routine=True)
    log.add(routine, "OK", "", 0.0)
    log.add(routine, "UNAVAILABLE", "", 0.0)
    log.flush()
    assert [line["code"] for line in lines.written] == ["UNAVAILABLE"]


async def test_nothing_is_written_where_nothing_was_called() -> None:
    log = AccessLog(lines := Lines())
    log.flush()
    log.add(call(), "OK", "", 0.0)
    log.flush()
    log.flush()
    await asyncio.sleep(0)
    assert lines.goes == 1
