"""Instances to reason about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from services.registry.mesh import Instance

NOW: Final = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def instance(
    name: str, *, service: str = "hotels", variant: str = "v1", left: float = 10.0, port: int = 7100
) -> Instance:
    """An instance whose lease has so many seconds left."""
    return Instance(
        name=f"instances/{name}",
        service=service,
        address=f"127.0.0.1:{port}",
        variant=variant,
        contract_digest="0" * 64,
        process_id=1,
        create_time=NOW - timedelta(minutes=1),
        expire_time=NOW + timedelta(seconds=left),
    )
