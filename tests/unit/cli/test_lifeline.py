"""A supervised process ends when its supervisor does, however that ended."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

from clients.cli.lifeline import SUPERVISOR
from contracts.paths import ROOT

PATIENCE = 20.0

CHILD = """
from clients.cli import lifeline
lifeline.hold()
print("held", flush=True)
import time
time.sleep(60)
"""

PARENT = f"""
import os, subprocess, sys, time
environment = os.environ | {{"{SUPERVISOR}": str(os.getpid())}}
child = subprocess.Popen([sys.executable, "-c", {CHILD!r}], env=environment, start_new_session=True)
print(child.pid, flush=True)
time.sleep(60)
"""


def test_it_dies_with_its_supervisor() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, cwd=ROOT) as supervisor:
        assert supervisor.stdout is not None
        child = os.pidfd_open(int(supervisor.stdout.readline()))
        try:
            assert supervisor.stdout.readline() == "held\n"
            supervisor.send_signal(signal.SIGKILL)
            ended, _, _ = select.select([child], [], [], PATIENCE)
            assert ended, "a process file descriptor is readable when the process has ended"
        finally:
            os.close(child)


def test_it_does_not_start_where_the_supervisor_is_gone_already() -> None:
    environment = os.environ | {SUPERVISOR: "1"}
    result = subprocess.run(
        [sys.executable, "-c", CHILD], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE
    )
    assert result.returncode == 1
    assert result.stderr == "innkeeper: the supervisor, process 1, is gone\n"


def test_one_that_nobody_supervises_just_runs() -> None:
    environment = {name: value for name, value in os.environ.items() if name != SUPERVISOR}
    code = "from clients.cli import lifeline; lifeline.hold(); print('on')"
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE
    )
    assert result.stdout == "on\n"
