"""What WebSockets take of memory: in the edge, and in the process that answers them."""

from __future__ import annotations

from dataclasses import dataclass

import psutil

from drills.mesh import Mesh

EDGE = "envoy"


@dataclass(frozen=True, slots=True)
class Memory:
    """The processes."""

    processes: tuple[psutil.Process, ...]

    @classmethod
    async def of(cls, mesh: Mesh) -> Memory:
        """Those of a platform that has one process for `web`, and an edge."""
        (instance,) = await mesh.instances("web")
        web = psutil.Process(instance.process_id)
        supervisor = web.parent()
        assert supervisor is not None
        return cls((web, *(process for process in supervisor.children() if process.name() == EDGE)))

    def kib(self) -> dict[str, float]:
        """What each has in memory now, by its name."""
        return {
            EDGE if process.name() == EDGE else "web": process.memory_info().rss / 1024 for process in self.processes
        }
