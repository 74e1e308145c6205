"""What is told of a platform that has just started as several processes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from chassis.settings import Settings
from clients.cli.supervisor.child import Child


def table(children: Sequence[Child], registry: str, edge: str, metrics: str, settings: Settings) -> str:
    """What runs where, and below it what to try."""
    rows = [("service", "process", "address")]
    rows += [(child.replica.label, str(child.process_id or ""), child.address) for child in children]
    label, number = (max(len(row[column]) for row in rows) for column in range(2))
    lines = [f"{name:<{label}}  {process:<{number}}  {address}" for name, process, address in rows]
    lines += ["", f"{'registry':<{label}}  {registry} (gRPC and xDS: xds:///booking finds the service `booking`)"]
    if edge:
        lines.append(f"{'edge':<{label}}  {edge}")
    if settings.events_url:
        from chassis.events.rabbitmq.address import BrokerAddress

        lines.append(f"{'events':<{label}}  {BrokerAddress(settings.events_url)} (RabbitMQ)")
    if metrics:
        lines.append(f"{'metrics':<{label}}  http://{metrics}/metrics")
    lines += [f"{'data':<{label}}  {Path.cwd() / settings.data_dir}", ""]
    lines += [f"{'try':<{label}}  innkeeper shell", f"{'':<{label}}  innkeeper mesh"]
    return "\n".join(f"  {line}".rstrip() for line in lines)
