"""A supervised process does not outlive its supervisor, however that ended."""

from __future__ import annotations

import os
import signal
import sys

SUPERVISOR = "INNKEEPER_SUPERVISOR"
"""Names the process id of the supervisor, for those that it starts."""

PR_SET_PDEATHSIG = 1


def hold() -> None:
    """Where this process has a supervisor: get SIGTERM when that dies, and end at once where it has died already.

    By prctl(2), which only Linux has; elsewhere nothing holds it.
    """
    supervisor = os.environ.get(SUPERVISOR, "")
    if not supervisor or sys.platform != "linux":
        return
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != int(supervisor):
        raise SystemExit(f"innkeeper: the supervisor, process {supervisor}, is gone")
