"""What is told of a platform that has just started as several processes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from clients.cli.supervisor.child import Child


def table(children: Sequence[Child], registry: str, edge: str, metrics: str, data_dir: Path) -> str:
    """What runs where, and below it what to try."""
    rows = [("service", "process", "address")]
    rows += [(child.replica.label, str(child.process_id or ""), child.address) for child in children]
    label, number = (max(len(row[column]) for row in rows) for column in range(2))
    lines = [f"{name:<{label}}  {process:<{number}}  {address}" for name, process, address in rows]
    lines += ["", f"{'registry':<{label}}  {registry} (gRPC and xDS: xds:///booking finds the service `booking`)"]
    if edge:
        lines.append(f"{'edge':<{label}}  {edge}")
    if metrics:
        lines.append(f"{'metrics':<{label}}  http://{metrics}/metrics")
    lines += [f"{'data':<{label}}  {data_dir}", ""]
    lines += [f"{'try':<{label}}  innkeeper shell", f"{'':<{label}}  innkeeper mesh"]
    return "\n".join(f"  {line}".rstrip() for line in lines)
