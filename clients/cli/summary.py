"""What is told of a platform that has just started: what is served where, and what to try next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from chassis.platform import Platform
from chassis.security.service_clients import CLI
from chassis.security.tls_directory import AUTHORITY, CERTIFICATE, KEY, own_directory
from chassis.service import Service


def summary(platform: Platform, services: Sequence[Service], edge: str) -> str:
    """A table of what is served where, and below it what to try. `edge` says what there is for the outside world."""
    address, data_dir = platform.address, Path.cwd() / platform.settings.data_dir
    rows = [("service", "contract")]
    rows += [(service.name, service.contract.full_name) for service in services if service.contract is not None]
    rows += [("", ""), ("address", f"{address} (gRPC, with reflection and grpc.health.v1)")]
    if edge:
        rows.append(("edge", edge))
    if platform.transport.broker:
        away = "" if platform.transport.reached else "; it is not reached yet, and events wait for it"
        rows.append(("events", f"{platform.transport.broker} (RabbitMQ{away})"))
    if platform.metrics_address:
        rows.append(("metrics", f"http://{platform.metrics_address}/metrics"))
    rows += [("data", str(data_dir)), ("", "")]
    rows += [
        ("try", "innkeeper shell"),
        ("", "innkeeper token"),
        ("", f"grpcurl {_way(platform.settings.tls_dir)} {address} list"),
    ]
    width = max(len(label) for label, _ in rows)
    return "\n".join(f"  {label:<{width}}  {text}".rstrip() for label, text in rows)


def _way(tls_dir: Path | None) -> str:
    """The options by which grpcurl calls: plain, or with the command line's certificate."""
    if tls_dir is None:
        return "-plaintext"
    own = own_directory(tls_dir, [CLI])
    return f"-cacert {own / AUTHORITY} -cert {own / CERTIFICATE} -key {own / KEY}"
