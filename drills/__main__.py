"""`python -m drills NAME [OPTION…]`: one drill. It ends with a line of `name=value` figures, and with 1 where a bar is
missed."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Coroutine

import uvloop

from drills import events, kill, outage, overload, restart, shift, websocket
from drills.outcome import Outcome

DRILLS: dict[str, Callable[..., Coroutine[None, None, Outcome]]] = {
    "restart": restart.rehearse,
    "kill": kill.rehearse,
    "shift": shift.rehearse,
    "overload": overload.rehearse,
    "websocket": websocket.rehearse,
    "events": events.rehearse,
    "outage": outage.rehearse,
}


def main(names: list[str]) -> int:
    """Runs the drill of that name, with the options that come after it."""
    name, *options = names or ("",)
    if name not in DRILLS or (options and not inspect.signature(DRILLS[name]).parameters):
        print(f"one of these, please: {' '.join(DRILLS)}", file=sys.stderr)
        return 2
    outcome = uvloop.run(DRILLS[name](*options))
    for missed in outcome.missed:
        print(f"missed: {missed}")
    figures = outcome.figures | {"cores": float(os.cpu_count() or 0)}
    print(" ".join(f"{name}={value:.3g}" if value < 100 else f"{name}={value:.0f}" for name, value in figures.items()))
    return 1 if outcome.missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
