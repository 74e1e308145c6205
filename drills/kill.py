"""Processes that die: a replica of each of three services by SIGKILL under load, then the registry for half a minute.

Every call that may be repeated has to succeed, and none may take much longer for it; the dead endpoint has to be gone
soon; and while the registry is away nobody is to notice.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from drills.mesh import SERVICES, Mesh
from drills.outcome import Bar, Outcome
from drills.travellers import Tally, travelling
from drills.unsupervised import processes

PER_SECOND, TRAVELLERS = 60.0, 16
KILLED = ("hotels", "booking", "search")
WARM_UP, AFTER = 20.0, 8.0
REGISTRY_AWAY = 30.0
LONGEST_EXTRA_MS, GONE_WITHIN = 500, 3.0


async def rehearse() -> Outcome:
    """`calls`, `failed`, `slowest_extra_ms`, `gone_s`, `calls_without_registry`."""
    counts = {service: 2 if service in KILLED else 1 for service in SERVICES}
    async with (
        processes(counts) as (started, mesh),
        travelling(mesh.network, travellers=TRAVELLERS, per_second=PER_SECOND) as tally,
    ):
        await asyncio.sleep(WARM_UP)
        killed_at, gone = [], 0.0
        for service in KILLED:
            killed_at.append(time.monotonic())
            gone = max(gone, await _killed(mesh, service, started.kill))
            await asyncio.sleep(AFTER)
        before = tally.calls
        started.kill((await mesh.instances("registry"))[0].process_id)
        await asyncio.sleep(REGISTRY_AWAY)
        without_registry = tally.calls - before
        started.start("registry")
        await mesh.until("registry", lambda now: len(now) == 1)
    for failure, count in tally.failures.most_common():
        print(f"{count} × {failure}")
    extra = slowest(tally, killed_at)
    print("slowest:", *(f"{method} {seconds * 1000:+.0f} ms" for seconds, method in extra[:5]))
    return Outcome.of(
        {
            "calls": tally.calls,
            "failed": tally.failed,
            "slowest_extra_ms": max(extra[0][0], 0.0) * 1000,
            "gone_s": gone,
            "calls_without_registry": without_registry,
        },
        Bar(figure="failed", at_most=0),
        Bar(figure="slowest_extra_ms", at_most=LONGEST_EXTRA_MS),
        Bar(figure="gone_s", at_most=GONE_WITHIN),
    )


def slowest(tally: Tally, killed_at: list[float]) -> Sequence[tuple[float, str]]:
    """By how many seconds calls outlasted the median of their method before the first kill, and the method: of those
    that were under way at a kill or began within two seconds of it, the slowest first."""
    before = defaultdict[str, list[float]](list)
    for ended, took, method in tally.seconds:
        if ended < killed_at[0]:
            before[method].append(took)
    usual = {method: statistics.median(seconds) for method, seconds in before.items()}
    extra = [
        (took - usual[method], method)
        for ended, took, method in tally.seconds
        if any(at < ended and ended - took < at + 2.0 for at in killed_at)
    ]
    return sorted(extra, reverse=True)


async def _killed(mesh: Mesh, service: str, kill: Callable[[int], None]) -> float:
    """Kills one replica; the seconds until no client is sent there any more."""
    victim = (await mesh.instances(service))[0]
    kill(victim.process_id)
    return await mesh.until(service, lambda now: victim.name not in {instance.name for instance in now})
