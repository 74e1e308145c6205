"""Runs a program to its end, beside an event loop in whose process gRPC may have started.

Such a process must not fork, which uvloop does; `subprocess` does without (vfork). A thread of its own starts
the program and waits for it: a child that is to die with its parent dies with the thread that started it (prctl(2)).
"""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from subprocess import DEVNULL, Popen


async def run(
    command: Sequence[str],
    environment: Mapping[str, str],
    output: int,
    started: Callable[[Popen[bytes]], None],
) -> int:
    """The exit code, or less a signal's number. Raises OSError where no process can be started.

    Args:
        command: What is run, in a session of its own: Ctrl-C at the terminal is for whoever started this.
        environment: What it is run with.
        output: A file descriptor for what it writes; closed here.
        started: Gets the process when it runs.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[int] = loop.create_future()

    def told(tell: Callable[[], None]) -> None:
        def unless_cancelled() -> None:
            if not ended.done():
                tell()

        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(unless_cancelled)

    def wait() -> None:
        try:
            process = Popen(
                command, env=environment, stdin=DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        except OSError as error:
            failure = error
            told(lambda: ended.set_exception(failure))
            return
        finally:
            os.close(output)
        told(lambda: started(process))
        code = process.wait()
        told(lambda: ended.set_result(code))

    try:
        threading.Thread(target=wait, name=f"runs {command[0]}", daemon=True).start()
    except RuntimeError as error:  # no thread is left; there may be one in a moment
        os.close(output)
        raise OSError(errno.EAGAIN, str(error)) from None
    return await ended
