"""The `innkeeper` command, as drills and benchmarks run it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

INNKEEPER = (sys.executable, "-m", "clients.cli")


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """That of this process, with these settings of Innkeeper and no others."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("INNKEEPER_")}
    return inherited | {f"INNKEEPER_{name}": value for name, value in settings.items()}
