"""What the auth service keeps: a module for each kind of thing, with its queries."""

from __future__ import annotations

from services.auth.store.tables import METADATA

__all__ = ["METADATA"]
