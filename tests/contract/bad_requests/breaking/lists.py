"""Lists that a contract does not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tests.contract.bad_requests.spots import Change, Spot
from tests.contract.calls.declarations import rules_of

FAR_TOO_MANY: Final = 10_000
"""Items that no list takes, whether its contract states a limit or not."""


def _repeat(spot: Spot, times: int) -> Change:
    def change(holder: Any) -> None:
        items = getattr(holder, spot.field.name)
        items.extend([items[0]] * (times - len(items)))

    return change


def too_many(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """One item more than the contract takes, and far more than anybody would send."""
    if spot.field.is_repeated:
        limit = rules_of(spot.field).repeated.max_items
        for count in [limit + 1] * bool(limit) + [FAR_TOO_MANY]:
            yield f"{count} items", _repeat(spot, count)


def too_few(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """No item, where there has to be one."""
    if spot.field.is_repeated and rules_of(spot.field).repeated.min_items:
        yield "no item", lambda holder: holder.ClearField(spot.field.name)


def twice(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """An item that stands there already, where each may once, or one of each kind may."""
    rules = rules_of(spot.field)
    if rules.repeated.unique or any(".unique()" in rule.expression for rule in rules.cel):
        yield "two alike", _repeat(spot, len(getattr(spot.holder(request), spot.field.name)) + 1)
