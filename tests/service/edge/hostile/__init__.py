"""What somebody sends who means no good, or whose program is broken: refused, logged, and nobody else notices."""

from __future__ import annotations
