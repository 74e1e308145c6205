"""Every service restarted in turn, two replicas each, under steady mixed load: no call may fail.

A process is told to stop by SIGTERM, as an operator or an orchestrator would, and the supervisor starts it anew. The
next one is told when the one before is registered again.
"""

from __future__ import annotations

import asyncio
import os
import signal

from drills.mesh import SERVICES, Mesh
from drills.outcome import Bar, Outcome
from drills.supervised import supervised
from drills.travellers import travelling

CALLS, PER_SECOND, TRAVELLERS = 10_000, 110.0, 24


async def rehearse() -> Outcome:
    """`calls`, `failed`, `restarts`."""
    restarts = 0
    async with (
        supervised("all=2") as mesh,
        travelling(mesh.network, travellers=TRAVELLERS, per_second=PER_SECOND) as tally,
    ):
        while tally.calls < CALLS or not restarts:
            for service in ("registry", *SERVICES):
                restarts += await _restart(mesh, service)
            while tally.calls < CALLS:  # noqa: ASYNC110 - a number is waited for
                await asyncio.sleep(0.2)
    for failure, count in tally.failures.most_common():
        print(f"{count} × {failure}")
    return Outcome.of(
        {"calls": tally.calls, "failed": tally.failed, "restarts": restarts},
        Bar(figure="calls", at_least=CALLS),
        Bar(figure="failed", at_most=0),
    )


async def _restart(mesh: Mesh, service: str) -> int:
    """Restarts the processes of a service, one after the other; how many there were."""
    before = await mesh.instances(service)
    for old in before:
        os.kill(old.process_id, signal.SIGTERM)
        await mesh.until(
            service,
            lambda now, old=old: len(now) == len(before) and old.name not in {instance.name for instance in now},
        )
    return len(before)
