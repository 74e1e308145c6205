"""Envoy as the edge of the platform: its program, and what it has to know to ask the registry for the rest."""

from __future__ import annotations

from typing import Final

EDGE: Final = "edge"
"""Its name: in what it writes, in its certificate, and in the data directory."""
