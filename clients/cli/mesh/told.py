"""The policy of the mesh in words, a line each."""

from __future__ import annotations

from clients.cli.mesh.words import STATUSES
from innkeeper.registry.v1 import registry_pb2


def traffic(split: registry_pb2.Traffic) -> str:
    """`v2 10 %, others 90 %`, or `evenly over all instances`."""
    if not split.shares:
        return "evenly over all instances"
    rest = 100 - sum(share.percent for share in split.shares)
    parts = [f"{share.variant} {share.percent} %" for share in split.shares]
    return ", ".join((*parts, *((f"others {rest} %",) if rest else ())))


def fault(rehearsed: registry_pb2.Fault) -> str:
    """`20 % delayed by 0.5 s and aborted with UNAVAILABLE`, or `none`."""
    if not rehearsed.percent:
        return "none"
    names = {number: name for name, number in STATUSES.items()}
    delay = rehearsed.delay.ToTimedelta().total_seconds()
    done = [f"delayed by {delay:g} s"] if delay else []
    if rehearsed.abort_code:
        done.append(f"aborted with {names.get(rehearsed.abort_code, rehearsed.abort_code)}")
    return f"{rehearsed.percent} % {' and '.join(done)}"


def limits(bound: registry_pb2.Limits) -> str:
    """`50 calls in flight from one client`, or `the default`."""
    calls = bound.max_calls_in_flight
    return f"{calls} calls in flight from one client" if calls else "the default"


def age(seconds: float) -> str:
    """`42s`, `5m`, `3h` or `12d`."""
    for unit, length, enough in (("s", 1, 120), ("m", 60, 7200), ("h", 3600, 172_800)):
        if seconds < enough:
            return f"{max(seconds, 0) // length:.0f}{unit}"
    return f"{seconds // 86_400:.0f}d"
