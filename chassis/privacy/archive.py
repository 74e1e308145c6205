"""What all services hold of one person, in one JSON document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from chassis.refusal import NotFound

FORMAT: Final = 1
"""Counts up when the archive is arranged in another way."""


def archive(user: str, held: Mapping[str, bytes], now: datetime) -> bytes:
    """The archive of a person, in UTF-8: a manifest, and under `services` what each of them holds.

    Args:
        user: The person's resource name.
        held: What each service that holds personal data has of the person, as JSON; all of them, also those that hold
            nothing.
        now: When they were asked.

    Raises NotFound where nobody holds anything.
    """
    services = {service: _object(content) for service, content in sorted(held.items())}
    if not any(things for kinds in services.values() for things in kinds.values()):
        raise NotFound(user)
    manifest = {"user": user, "createTime": now, "format": FORMAT, "services": list(services)}
    return msgspec.json.format(msgspec.json.encode({"manifest": manifest, "services": services}), indent=2) + b"\n"


def file_name(user: str, now: datetime) -> str:
    """What the file is called in which somebody keeps the archive: `innkeeper-ada-2026-11-21.json`."""
    return f"innkeeper-{user.removeprefix('users/')}-{now:%Y-%m-%d}.json"


def _object(content: bytes) -> dict[str, Any]:
    return msgspec.json.decode(content, type=dict[str, Any])
