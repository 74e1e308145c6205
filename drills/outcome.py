"""What a drill found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a figure has to reach: at least so much, or at most."""

    figure: str
    at_least: float = float("-inf")
    at_most: float = float("inf")

    def missed_by(self, figures: Mapping[str, float]) -> str:
        """What is wrong with the figure; empty where nothing is."""
        value = figures[self.figure]
        if value < self.at_least:
            return f"{self.figure} is {value:.3g}, less than {self.at_least:g}"
        return f"{self.figure} is {value:.3g}, more than {self.at_most:g}" if value > self.at_most else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The figures, and the bars that were missed, in words."""

    figures: dict[str, float]
    missed: tuple[str, ...]

    @classmethod
    def of(cls, figures: dict[str, float], *bars: Bar) -> Outcome:
        """The figures, held against the bars."""
        return cls(figures=figures, missed=tuple(filter(None, (bar.missed_by(figures) for bar in bars))))
