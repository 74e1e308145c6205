"""What is told of a platform that has just started: what is served where, and what to try next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from chassis.platform import Platform
from chassis.service import Service


def summary(platform: Platform, services: Sequence[Service]) -> str:
    """A table of what is served where, and below it what to try."""
    address, data_dir = platform.address, Path.cwd() / platform.settings.data_dir
    rows = [("service", "contract")]
    rows += [(service.name, service.contract.full_name) for service in services]
    rows += [("", ""), ("address", f"{address} (gRPC, with reflection and grpc.health.v1)")]
    if platform.metrics_address:
        rows.append(("metrics", f"http://{platform.metrics_address}/metrics"))
    rows += [("data", str(data_dir)), ("", "")]
    rows += [
        ("try", "innkeeper shell"),
        ("", "innkeeper token"),
        ("", f"grpcurl -plaintext {address} list"),
    ]
    width = max(len(label) for label, _ in rows)
    return "\n".join(f"  {label:<{width}}  {text}".rstrip() for label, text in rows)
