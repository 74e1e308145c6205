"""Certificates for tests: an authority, and directories of files that it signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chassis.security.tls_directory import AUTHORITY, CERTIFICATE, KEY
from clients.cli.development_ca import DevelopmentCa, write

NOW = datetime.now(UTC).replace(microsecond=0)


def authority(directory: Path, *, now: datetime = NOW) -> DevelopmentCa:
    """A new authority, kept in the directory."""
    return DevelopmentCa.create(directory, now)


def put(
    directory: Path,
    ca: DevelopmentCa,
    names: Sequence[str],
    *,
    trusted: DevelopmentCa | None = None,
    now: datetime = NOW,
    days: float = 1,
    server: bool = True,
) -> Path:
    """The directory, with a certificate for these names, its key, and the authority: the one that signed, or another
    that is trusted."""
    certificate, key = ca.issue("test", names, now=now, until=now + timedelta(days=days), server=server)
    write(directory / AUTHORITY, (trusted or ca).pem, mode=0o644)
    write(directory / CERTIFICATE, certificate, mode=0o644)
    write(directory / KEY, key, mode=0o600)
    return directory
