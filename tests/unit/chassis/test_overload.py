"""When there is overload, and how much may be in hand then: on a clock of the test's own."""

from __future__ import annotations

from typing import cast

import pytest

from chassis.server.backlog import Backlog
from chassis.server.overload import LEAST, TICKS, Overload
from chassis.server.priority import Priority
from chassis.server.standing_queue import CROWD, HALF, TOO_LONG

MOST = 100
CROWDED = 40
IDLE, BUSY = 0.1, 1.0
"""Shares of a core."""


class Process:
    """A process on which windows pass as the test says."""

    def __init__(self, most: int = MOST) -> None:
        self.now = self.worked = 0.0
        self.came = self.taken_up = 0
        self.overload = Overload(most, clock=lambda: self.now, processor_time=lambda: self.worked)

    def waiting(self) -> int:
        return self.came - self.taken_up

    def window(
        self, *late: float, busy: float = IDLE, waits: float = 0.0, refused: bool = False, taken_up: int = 0
    ) -> None:
        """A window with that lag at each tick, or at the last ones, and so many calls taken up between two."""
        if refused:
            self.overload.room_for(Priority.READ)
        if waits:
            self.overload.waited(waits)
        for tick in [0.0] * (TICKS - len(late)) + list(late):
            self.now += 0.025
            self.worked += 0.025 * busy
            self.taken_up += taken_up
            self.came += taken_up
            self.overload.tick(tick)

    def second(self, *late: float, waits: float = 0.0, taken_up: int = 0) -> None:
        """Windows of that kind, until nothing new is found out by more of them."""
        begun = self.now
        while self.now - begun < 2.5 * HALF and not self.overload.is_on:
            self.window(*late, waits=waits, taken_up=taken_up)


def crowded() -> Process:
    """One with enough calls in hand that refusing would be of use."""
    process = Process()
    process.overload.in_hand = CROWDED
    return process


def overloaded(limit: float | None = None) -> Process:
    """One that has found out."""
    process = crowded()
    process.second(waits=2 * TOO_LONG)
    if limit is not None:
        process.overload.limit = limit
    return process


@pytest.mark.parametrize(
    ("late", "waits", "on"),
    [
        pytest.param([], 0.0, False, id="nothing waits"),
        pytest.param([0.5], 0.0, False, id="one tick in four is late, as in a garbage collection"),
        pytest.param([0.5] * TICKS, 0.0, True, id="every tick is late"),
        pytest.param([], TOO_LONG / 2, False, id="units of work wait for a while"),
        pytest.param([], TOO_LONG * 2, True, id="units of work wait for long"),
    ],
)
def test_overload_is_work_that_waits_for_long(late: list[float], waits: float, on: bool) -> None:
    process = crowded()
    process.second(*late, waits=waits)
    assert process.overload.is_on is on
    assert process.overload.limit == (CROWDED / 2 if on else MOST)


def test_a_few_calls_are_no_overload_however_long_they_wait() -> None:
    process = Process()
    process.overload.in_hand = CROWD
    process.second(*[5.0] * TICKS, waits=5.0)
    assert not process.overload.is_on


@pytest.mark.parametrize(
    ("waiting", "taken_up", "late", "on"),
    [
        pytest.param(40, 25, 0.0, False, id="taken up soon"),
        pytest.param(200, 25, 0.0, True, id="more than are taken up in time"),
        pytest.param(40, 0, 0.02, True, id="none is taken up by a loop that is late"),
        pytest.param(40, 0, 0.0, False, id="nothing happens: gRPC is not asked"),
    ],
)
def test_a_backlog_counts_by_the_time_that_it_takes(waiting: int, taken_up: int, late: float, on: bool) -> None:
    process = Process()
    process.overload.backlog = cast(Backlog, process)
    process.came = waiting
    process.second(*[late] * TICKS, taken_up=taken_up)
    assert process.overload.is_on is on


def test_what_is_over_within_a_second_is_no_overload() -> None:
    process = crowded()
    for _ in range(3):
        while process.now % (4 * HALF) < 1.9 * HALF:
            process.window(waits=1.0)
        while process.now % (4 * HALF) >= 1.9 * HALF:
            process.window()
    assert process.now > 5
    assert not process.overload.is_on


def test_many_calls_at_once_are_worked_off_however_long_that_takes() -> None:
    process = Process()
    process.overload.in_hand = MOST - 1
    while process.overload.in_hand > 1:
        process.overload.is_over()
        process.window(waits=3.0)
    assert process.now > 9
    assert not process.overload.is_on


def test_as_many_that_do_not_grow_fewer_are_overload() -> None:
    process = Process()
    process.overload.in_hand = MOST - 1
    while not process.overload.is_on:
        process.overload.is_over()
        process.overload.begun()
        process.window(waits=3.0)
        assert process.now < 3 * HALF


def test_the_limit_is_halved_while_work_waits_and_no_further_than_to_the_least() -> None:
    process = overloaded()
    limits = []
    for _ in range(6):
        limits.append(process.overload.limit)
        process.window(waits=0.02, refused=True)
    assert limits == [20, 10, 5, 2.5, 1.25, LEAST]


@pytest.mark.parametrize(
    ("busy", "refused", "limit"),
    [
        pytest.param(BUSY, True, 10, id="the processor has no time to spare"),
        pytest.param(IDLE, True, 10.75, id="carefully while calls are refused"),
        pytest.param(IDLE, False, 16, id="quickly when none is"),
        pytest.param(BUSY, False, 16, id="quickly when none is, busy or not"),
    ],
)
def test_the_limit_grows_again(busy: float, refused: bool, limit: float) -> None:
    process = overloaded(10)
    process.window(busy=busy, refused=refused)
    assert process.overload.limit == pytest.approx(limit)


def test_the_overload_is_over_when_nobody_is_refused_for_a_second_or_two() -> None:
    process = overloaded(LEAST)
    process.overload.in_hand = 0
    begun = process.now
    while process.overload.is_on:
        process.window()
    assert process.overload.limit == MOST
    assert process.now - begun < 2


@pytest.mark.parametrize("priority", Priority)
def test_who_is_let_in_at_which_number_in_hand(priority: Priority) -> None:
    process = overloaded(10)
    let_in = [in_hand for in_hand in range(MOST) if room(process, in_hand, priority)]
    most = {"READ_AGAIN": 5, "READ": 10, "COMMAND_AGAIN": 15, "COMMAND": 20, "INTERNAL": 40}[priority.name]
    assert let_in == list(range(most))


@pytest.mark.parametrize("priority", Priority)
def test_nobody_is_let_in_beyond_the_upper_bound(priority: Priority) -> None:
    process = Process(3)
    assert room(process, 3, priority) is False


def test_under_overload_the_cheap_are_refused_while_others_wait_behind() -> None:
    process = overloaded(10)
    process.overload.in_hand = 0
    process.overload.backlog = cast(Backlog, process)
    process.came = Priority.COMMAND
    assert [priority for priority in Priority if process.overload.room_for(priority)] == [
        Priority.COMMAND,
        Priority.INTERNAL,
    ]


def room(process: Process, in_hand: int, priority: Priority) -> bool:
    process.overload.in_hand = in_hand
    return process.overload.room_for(priority)
