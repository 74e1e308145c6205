"""`innkeeper first-hotels`: what the supervisor has done by a process of its own, and no user has to know."""

from __future__ import annotations


def first_hotels() -> None:
    """Load made-up hotels through the registry where the catalogue has none: INNKEEPER_DEMO_HOTELS of them."""
    from chassis.settings import Settings
    from clients.cli import filling

    filling.fill(Settings.read())
