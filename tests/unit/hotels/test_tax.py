"""Taxes: what each kind makes for a stay, and how shares are rounded."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.hotels.tax import Basis, Tax, share


@pytest.mark.parametrize(
    ("basis", "quantity", "expected"),
    [
        pytest.param(Basis.SHARE, 1000, 3000, id="ten per cent of the nights"),
        pytest.param(Basis.SHARE, 0, 0, id="no share"),
        pytest.param(Basis.SHARE, 10_000, 30_000, id="all of it once more"),
        pytest.param(Basis.GUEST_NIGHT, 250, 1500, id="each guest and night"),
        pytest.param(Basis.STAY, 4000, 4000, id="once"),
    ],
)
def test_a_tax_on_three_nights_of_two_guests(basis: Basis, quantity: int, expected: int) -> None:
    tax = Tax(display_name="Tax", basis=basis, quantity=quantity)
    assert tax.on(nights_price=30_000, nights=3, guests=2) == expected


@pytest.mark.parametrize(
    ("amount", "basis_points", "expected"),
    [(30, 500, 2), (50, 500, 2), (70, 500, 4), (10, 500, 0), (1, 5001, 1), (1, 4999, 0), (0, 1900, 0)],
)
def test_halves_go_to_the_even_side(amount: int, basis_points: int, expected: int) -> None:
    assert share(amount, basis_points) == expected


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_shares_are_rounded_as_decimals_are(amount: int, basis_points: int) -> None:
    exact = Decimal(amount) * basis_points / 10_000
    assert share(amount, basis_points) == exact.quantize(Decimal(1), ROUND_HALF_EVEN)
