"""What comes of printing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Printed:
    """A document as PDF, and how many pages it has."""

    content: bytes
    pages: int
