"""Where in INNKEEPER_TLS_DIR the files of a process are."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

CERTIFICATE = "tls.crt"
KEY = "tls.key"
AUTHORITY = "ca.crt"
"""The names of the files, as in a Kubernetes secret for TLS."""


def own_directory(tls_dir: Path, names: Collection[str]) -> Path:
    """Where the files of a process of that one name are: in a directory of its own where there is one, else, and with
    several names, in `tls_dir` itself."""
    own = tls_dir.joinpath(*names) if len(names) == 1 else tls_dir
    return own if own.is_dir() else tls_dir
