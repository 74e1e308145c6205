"""Processes are started, heard, started again and ended; these are a few lines of Python."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from clients.cli.failure import Failure, Mistake
from clients.cli.supervisor.child import Child
from clients.cli.supervisor.notifications import Notifications
from clients.cli.supervisor.output import Output
from clients.cli.supervisor.replicas import Replica
from contracts.paths import ROOT

PATIENCE = 20.0

READY = """
from clients.cli import readiness
readiness.tell_ready(address="127.0.0.1:1", metrics="", calls=["hotels", "payments"])
"""
WAIT = "import time; time.sleep(60)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"


class Stage:
    """A child under the eyes of a supervisor."""

    def __init__(self, code: str, environment: Mapping[str, str]) -> None:
        self._written = io.BytesIO()
        output = Output(self._written, ["toy"], as_json=False, colours=False)
        self.child = Child(Replica(service="toy"), [sys.executable, "-c", code], environment, output)

    @property
    def written(self) -> str:
        return self._written.getvalue().decode()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - there is no event for each of the things waited for here
                await asyncio.sleep(0.01)


@asynccontextmanager
async def kept(code: str) -> AsyncIterator[tuple[Stage, asyncio.Task[None]]]:
    stages = list[Stage]()

    def hear(process_id: int, said: Mapping[str, str]) -> None:
        if stages[0].child.process_id == process_id:
            stages[0].child.hear(said)

    notifications = Notifications(hear)
    environment = {**os.environ, "NOTIFY_SOCKET": notifications.name, "PYTHONPATH": str(ROOT)}
    stage = Stage(code, environment)
    stages.append(stage)
    keeping = asyncio.create_task(stage.child.keep())
    try:
        yield stage, keeping
    finally:
        stage.child.kill()
        await asyncio.wait((keeping,), timeout=PATIENCE)
        notifications.close()


async def test_it_tells_that_it_is_ready_and_whom_it_calls() -> None:
    async with kept(READY + WAIT) as (stage, _):
        await asyncio.wait_for(stage.child.ready.wait(), PATIENCE)
        assert stage.child.address == "127.0.0.1:1"
        assert stage.child.calls == {"hotels", "payments"}


async def test_what_it_writes_has_its_name() -> None:
    async with kept("import sys; print('to people'); print('of trouble', file=sys.stderr)\n" + READY) as (stage, _):
        await stage.until(lambda: "ended" in stage.written)
    assert "toy        │ to people\n" in stage.written
    assert "toy        │ of trouble\n" in stage.written


async def test_one_that_dies_is_started_again() -> None:
    async with kept(READY + WAIT) as (stage, _):
        await asyncio.wait_for(stage.child.ready.wait(), PATIENCE)
        first = stage.child.process_id
        os.kill(first, 9)
        await stage.until(lambda: "ready again" in stage.written)
        assert stage.child.process_id not in (0, first)
    assert "toy ended (SIGKILL); starts again in 0.5 s" in stage.written


async def test_one_that_was_ready_and_ends_well_is_started_again_at_once(tmp_path: Path) -> None:
    first = f"""
from pathlib import Path
once = Path({str(tmp_path / "once")!r})
if not once.exists():
    once.touch()
    raise SystemExit(0)
"""
    async with kept(READY + first + WAIT) as (stage, _):
        await stage.until(lambda: "ready again" in stage.written)
    assert "toy ended (exit code 0); starts again now" in stage.written


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        pytest.param(
            "import sys; print('innkeeper: INNKEEPER_PORT=7: taken', file=sys.stderr); sys.exit(2)",
            Mistake,
            "toy: INNKEEPER_PORT=7: taken",
            id="it was set wrong",
        ),
        pytest.param("raise SystemExit(1)", Failure, "toy: ended with exit code 1 before it was ready", id="a defect"),
    ],
)
async def test_one_that_cannot_start_is_not_tried_again(code: str, kind: type[Failure], says: str) -> None:
    async with kept(code) as (stage, keeping):
        with pytest.raises(kind, match=says):
            await asyncio.wait_for(keeping, PATIENCE)
    assert stage.written == "", "the one line that says why is for the end"


async def test_that_no_process_can_be_started_is_said() -> None:
    output = Output(io.BytesIO(), ["toy"], as_json=False, colours=False)
    child = Child(Replica(service="toy"), ["/nowhere/at/all"], os.environ, output)
    with pytest.raises(Failure, match=r"toy: no process could be started \(No such file or directory\)"):
        await asyncio.wait_for(child.keep(), PATIENCE)


async def test_one_that_was_ready_once_is_tried_again_whatever_it_says(tmp_path: Path) -> None:
    first = f"""
from pathlib import Path
once = Path({str(tmp_path / "once")!r})
if once.exists():
    raise SystemExit("innkeeper: out of luck")
once.touch()
"""
    async with kept(first + READY) as (stage, keeping):
        await stage.until(lambda: "toy ended (exit code 1): out of luck; starts again in" in stage.written)
        assert not keeping.done()


async def test_it_ends_when_told_to_and_stays_so() -> None:
    async with kept(READY + WAIT) as (stage, keeping):
        await asyncio.wait_for(stage.child.ready.wait(), PATIENCE)
        process_id = stage.child.process_id
        await stage.child.stop(within=PATIENCE)
        await asyncio.wait_for(keeping, PATIENCE)
        with pytest.raises(ProcessLookupError):
            os.kill(process_id, 0)
    assert stage.written == ""


async def test_one_that_does_not_listen_is_killed() -> None:
    async with kept(DEAF + READY + WAIT) as (stage, _):
        await asyncio.wait_for(stage.child.ready.wait(), PATIENCE)
        await asyncio.wait_for(stage.child.stop(within=0.1), PATIENCE)
    assert "toy did not end within 0.1 s: killed" in stage.written


async def test_it_waits_for_whom_it_is_to_follow() -> None:
    stage, first = Stage("raise SystemExit(1)", os.environ), asyncio.Event()
    keeping = asyncio.create_task(stage.child.keep(after=first))
    done, _ = await asyncio.wait((keeping,), timeout=0.1)
    assert not done
    assert stage.child.process_id == 0
    first.set()
    with pytest.raises(Failure):
        await asyncio.wait_for(keeping, PATIENCE)
