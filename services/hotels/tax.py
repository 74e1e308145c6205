"""Taxes and fees, which come on top of the price of the nights."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

WHOLE = 10_000
"""Basis points of the whole: a basis point is a hundredth of a per cent."""


class Basis(Enum):
    """How a tax is reckoned, and so what its quantity counts."""

    SHARE = "basis_points"
    """Basis points of the price of all nights together."""

    GUEST_NIGHT = "per_guest_night"
    """Smallest units of the currency for each guest and night."""

    STAY = "per_stay"
    """Smallest units of the currency for each stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """A tax or fee, by the name that stands on the bill."""

    display_name: str
    basis: Basis
    quantity: int

    def on(self, *, nights_price: int, nights: int, guests: int) -> int:
        """What the tax makes for a whole stay, in smallest units.

        A share is rounded once, half to even, so that it does not depend on how the stay is cut into nights.
        """
        if self.basis is Basis.SHARE:
            return share(nights_price, self.quantity)
        if self.basis is Basis.GUEST_NIGHT:
            return self.quantity * nights * guests
        return self.quantity


def share(amount: int, basis_points: int) -> int:
    """So many basis points of an amount, neither negative, rounded half to even: 5 % of 30 is 2, of 50 is 2."""
    whole, rest = divmod(amount * basis_points, WHOLE)
    half = 2 * rest - WHOLE
    return whole + (half > 0 or (half == 0 and whole % 2 == 1))
