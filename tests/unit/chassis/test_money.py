"""Amounts go between google.type.Money and whole smallest units without a cent lost or made."""

from __future__ import annotations

import pytest
from google.type.money_pb2 import Money
from hypothesis import given
from hypothesis import strategies as st

from chassis.money import exponent, from_minor, to_minor

LARGEST = 2**63 - 1
"""What a database keeps in a column of whole numbers."""

CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "ISK", "KWD", "CLF", "MGA", "HUF"])

AMOUNTS = [
    pytest.param("EUR", 12, 340_000_000, 1234, id="two decimal places"),
    pytest.param("EUR", 0, 10_000_000, 1, id="one cent"),
    pytest.param("EUR", -12, -340_000_000, -1234, id="less than nothing"),
    pytest.param("EUR", 0, -10_000_000, -1, id="a cent less than nothing"),
    pytest.param("EUR", 0, 0, 0, id="nothing"),
    pytest.param("JPY", 1500, 0, 1500, id="no decimal places"),
    pytest.param("KWD", 1, 234_000_000, 1234, id="three decimal places"),
    pytest.param("CLF", 1, 234_500_000, 12345, id="four decimal places"),
]

BROKEN = [
    pytest.param("EUR", 1, 5_000_000, "2 decimal places", id="half a cent"),
    pytest.param("JPY", 1, 500_000_000, "0 decimal places", id="half a yen"),
    pytest.param("KWD", 1, 500_000, "3 decimal places", id="half a fils"),
    pytest.param("EUR", 1, 1, "2 decimal places", id="a billionth"),
    pytest.param("EUR", 1, -10_000_000, "same sign", id="signs that differ"),
    pytest.param("EUR", -1, 10_000_000, "same sign", id="signs that differ the other way"),
    pytest.param("EUR", 0, 1_000_000_000, "less than a whole unit", id="a whole unit of nanos"),
    pytest.param("EUR", LARGEST, 0, "too large", id="more than can be stored"),
    pytest.param("EUR", -LARGEST, 0, "too large", id="less than can be stored"),
    pytest.param("", 1, 0, "not a valid Currency", id="no currency"),
    pytest.param("EURO", 1, 0, "not a valid Currency", id="not three letters"),
    pytest.param("eur", 1, 0, "not a valid Currency", id="small letters"),
    pytest.param("ZZZ", 1, 0, "not a valid Currency", id="a code that there is not"),
    pytest.param("XAU", 1, 0, "no currency to pay in", id="gold"),
    pytest.param("XXX", 1, 0, "no currency to pay in", id="no currency at all"),
]


@pytest.mark.parametrize(("currency", "units", "nanos", "minor"), AMOUNTS)
def test_an_amount_both_ways(currency: str, units: int, nanos: int, minor: int) -> None:
    money = Money(currency_code=currency, units=units, nanos=nanos)
    assert to_minor(money) == minor
    assert from_minor(minor, currency) == money


@pytest.mark.parametrize(("currency", "units", "nanos", "why"), BROKEN)
def test_a_broken_amount(currency: str, units: int, nanos: int, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        to_minor(Money(currency_code=currency, units=units, nanos=nanos))


@given(currency=CURRENCIES, minor=st.integers(-LARGEST, LARGEST))
def test_every_amount_that_can_be_stored_comes_back(currency: str, minor: int) -> None:
    money = from_minor(minor, currency)
    assert to_minor(money) == minor
    assert money.units * money.nanos >= 0
    assert money.currency_code == currency


@given(
    currency=CURRENCIES,
    units=st.integers(-(2**63), 2**63 - 1),
    nanos=st.integers(-(2**31), 2**31 - 1) | st.integers(-100, 100).map(lambda cents: cents * 10_000_000),
)
def test_what_is_taken_is_kept_to_the_last_digit(currency: str, units: int, nanos: int) -> None:
    money = Money(currency_code=currency, units=units, nanos=nanos)
    try:
        minor = to_minor(money)
    except ValueError:
        return
    assert from_minor(minor, currency) == money
    assert minor * 10 ** (9 - exponent(currency)) == units * 10**9 + nanos
