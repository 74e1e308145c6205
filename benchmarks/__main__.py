"""`make bench`: every benchmark, then one line of `name=value` figures. `python -m benchmarks NAME…` runs some."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path

import uvloop

from benchmarks import (
    chassis_vs_bare,
    edge,
    fresh_clone,
    inprocess_vs_loopback,
    mail,
    receipts,
    relay,
    replicas,
    split,
    start,
)
from chassis.observability.logs import set_up_logs
from chassis.settings import Settings

BENCHMARKS: dict[str, Callable[[], Coroutine[None, None, dict[str, float]]]] = {
    "chassis_vs_bare": chassis_vs_bare.measure,
    "inprocess_vs_loopback": inprocess_vs_loopback.measure,
    "two_replicas_vs_one": replicas.measure,
    "edge": edge.measure,
    "receipts": receipts.measure,
    "mail": mail.measure,
    "relay": relay.measure,
    "start": start.measure,
    "split": split.measure,
    "fresh_clone": fresh_clone.measure,
}


def main(names: list[str]) -> int:
    """Runs the benchmarks of those names, or all. Access logs are written, as in production, to nowhere."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no such benchmark: {' '.join(unknown)}; there are {' '.join(BENCHMARKS)}", file=sys.__stderr__)
        return 2
    figures: dict[str, float] = {}
    for name in names or BENCHMARKS:
        print(f"{name} …", file=sys.__stderr__, flush=True)
        figures |= uvloop.run(BENCHMARKS[name]())
    figures |= {"cores": float(os.cpu_count() or 0)}
    print(" ".join(f"{name}={value:.3g}" if value < 100 else f"{name}={value:.0f}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    with Path(os.devnull).open("w") as nowhere:
        sys.stderr = nowhere
        set_up_logs(Settings.read(log_format="json"))
        code = main(sys.argv[1:])
    sys.exit(code)
