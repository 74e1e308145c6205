"""The processes that print: what becomes of a document, and of them, when something goes wrong."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec
import psutil
import pytest

from services.documents.printed import Printed
from services.documents.printing import printed
from services.documents.refusals import RendererBusy, RendererFailed, TooLong
from services.documents.worker import PrintingFailed, Worker, WorkerDied
from services.documents.workers import Workers
from tests.unit.printing.examples import document

PATIENCE = 20.0
RECEIPT = document()


async def until(happened: Callable[[], bool]) -> None:
    """Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while not happened():  # noqa: ASYNC110 - a process, which sets no event
            await asyncio.sleep(0.01)


@asynccontextmanager
async def working(made: list[Worker], limit: int = 1, **more: float) -> AsyncIterator[Workers]:
    """Workers, each of which is told of in the list."""

    def make() -> Worker:
        made.append(Worker())
        return made[-1]

    workers = Workers(limit, make=make, **more)  # type: ignore[arg-type]  # names and values are as the test says
    yield workers
    await workers.stop()


@pytest.fixture
async def made() -> AsyncIterator[list[Worker]]:
    """The workers of a test, which are all gone after it."""
    started: list[Worker] = []
    yield started
    assert not [worker.pid for worker in started if worker.pid and psutil.pid_exists(worker.pid)]


async def test_a_process_prints_what_would_be_printed_here(made: list[Worker]) -> None:
    async with working(made) as workers:
        assert await workers.print(RECEIPT) == printed(RECEIPT)
        assert await workers.print(RECEIPT) == printed(RECEIPT)
    assert len(made) == 1


async def test_no_more_processes_than_asked_for(made: list[Worker]) -> None:
    async with working(made, 2) as workers:
        answers = await asyncio.gather(*(workers.print(RECEIPT) for _ in range(12)))
    assert {answer.content for answer in answers} == {printed(RECEIPT).content}
    assert len(made) == 2


async def test_one_that_died_asleep_is_replaced(made: list[Worker]) -> None:
    async with working(made) as workers:
        await workers.print(RECEIPT)
        made[0].kill()
        assert await workers.print(RECEIPT) == printed(RECEIPT)
    assert len(made) == 2


async def test_one_that_dies_at_work_is_replaced(made: list[Worker]) -> None:
    async with working(made) as workers:
        printing = asyncio.create_task(workers.print(RECEIPT))
        await until(lambda: bool(made) and made[0].pid > 0)
        made[0].kill()
        assert await printing == printed(RECEIPT)
    assert len(made) == 2


async def test_two_that_die_are_enough() -> None:
    tried = []

    class Dying(Worker):
        def print(self, document: bytes) -> Printed:
            tried.append(document)
            raise WorkerDied

    workers = Workers(1, make=Dying)
    with pytest.raises(RendererFailed):
        await workers.print(RECEIPT)
    await workers.stop()
    assert len(tried) == 2


async def test_nobody_waits_for_what_nobody_wants(made: list[Worker]) -> None:
    async with working(made) as workers:
        printing = asyncio.create_task(workers.print(RECEIPT))
        await until(lambda: bool(made) and made[0].pid > 0)
        printing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await printing
        assert await workers.print(RECEIPT) == printed(RECEIPT)


def test_one_that_nobody_wants_any_more_before_it_is_started_ends() -> None:
    worker = Worker()
    worker.kill()
    with pytest.raises(WorkerDied):
        worker.print(msgspec.msgpack.encode(RECEIPT))
    assert not psutil.pid_exists(worker.pid)


async def test_more_than_may_wait_are_told_so() -> None:
    go_on = threading.Event()

    class Slow(Worker):
        def print(self, document: bytes) -> Printed:
            go_on.wait(PATIENCE)
            return Printed(b"%PDF", 1)

    workers = Workers(1, waiting=2, make=Slow)
    printing = [asyncio.create_task(workers.print(RECEIPT)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(RendererBusy) as raised:
        await workers.print(RECEIPT)
    assert raised.value.retry_after
    go_on.set()
    assert len(await asyncio.gather(*printing)) == 3
    assert await workers.print(RECEIPT) == Printed(b"%PDF", 1)
    await workers.stop()


async def test_one_without_work_is_ended(made: list[Worker]) -> None:
    async with working(made, idle=0.0) as workers:
        await workers.print(RECEIPT)
        await until(lambda: not psutil.pid_exists(made[0].pid))
        assert await workers.print(RECEIPT) == printed(RECEIPT)
    assert len(made) == 2


async def test_a_document_that_takes_too_long_is_given_up(made: list[Worker]) -> None:
    def make() -> Worker:
        made.append(Worker(longest=0.02))
        return made[-1]

    workers = Workers(1, make=make)
    with pytest.raises(TooLong):
        await workers.print(document(nights=[100] * 3000))
    await workers.stop()
    assert len(made) == 1


async def test_a_defect_names_the_place_and_no_guest(made: list[Worker]) -> None:
    async with working(made) as workers:
        with pytest.raises(PrintingFailed) as raised:
            await workers.print(document(guest="Ada Lovelace", board="NO_SUCH_BOARD"))
        assert "KeyError at " in str(raised.value)
        assert "say:" in str(raised.value)
        assert "Ada" not in str(raised.value)
        assert await workers.print(RECEIPT) == printed(RECEIPT)
    assert len(made) == 1


async def test_signals_of_a_terminal_or_a_shutdown_leave_it_to_its_parent(
    made: list[Worker], capfd: pytest.CaptureFixture[str]
) -> None:
    async with working(made) as workers:
        await workers.print(RECEIPT)
        assert os.getsid(made[0].pid) == made[0].pid
        for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(made[0].pid, told)
        assert await workers.print(RECEIPT) == printed(RECEIPT)
    assert len(made) == 1
    assert capfd.readouterr() == ("", "")


PARENT = """
import sys, time
from pathlib import Path
from services.documents.worker import Worker
worker = Worker()
worker.print(Path(sys.argv[1]).read_bytes())
print(worker.pid, flush=True)
time.sleep(600)
"""


def test_it_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    asked = tmp_path / "document"
    asked.write_bytes(msgspec.msgpack.encode(RECEIPT))
    with subprocess.Popen([sys.executable, "-c", PARENT, asked], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        printing = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    with suppress(psutil.TimeoutExpired):  # of a process that nobody waits for
        printing.wait(PATIENCE)
    assert not printing.is_running() or printing.status() == psutil.STATUS_ZOMBIE


ALONE = """
import io, sys, msgspec
from pathlib import Path
from services.documents import press
from services.documents.frames import send
asked, told = io.BytesIO(), io.BytesIO()
send(asked, Path(sys.argv[1]).read_bytes())
asked.seek(0)
press.serve(asked, told, longest=60.0)
assert b"%PDF" in told.getvalue(), told.getvalue()[:300]
loaded = {name.split(".")[0] for name in sys.modules}
heavy = loaded & {"grpc", "google", "sqlalchemy", "innkeeper", "uvloop", "starlette"}
assert not heavy, heavy
"""


def test_it_loads_no_grpc(tmp_path: Path) -> None:
    asked = tmp_path / "document"
    asked.write_bytes(msgspec.msgpack.encode(document(language="zh", guest="محمد")))
    subprocess.run([sys.executable, "-c", ALONE, asked], check=True)
