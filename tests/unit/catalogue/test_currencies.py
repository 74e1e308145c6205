"""Prices elsewhere, and names that serve as ids."""

from __future__ import annotations

import pytest
from google.type.money_pb2 import Money
from hypothesis import given
from hypothesis import strategies as st

from chassis.money import exponent, to_minor
from clients.catalogue.currencies import RATES, charged_in, price
from clients.catalogue.places import slug


@pytest.mark.parametrize(
    ("euros", "currency", "units"),
    [
        (100, "EUR", 100),
        (123.4, "EUR", 123),
        (100, "JPY", 16_300),
        (87.3, "IDR", 1_530_000),
        (0.2, "EUR", 1),
        (1, "KWD", 1),
    ],
)
def test_prices_are_round(euros: float, currency: str, units: int) -> None:
    assert price(euros, currency) == Money(currency_code=currency, units=units)


@given(st.floats(0.01, 10_000), st.sampled_from(sorted(RATES)))
def test_every_price_is_one_of_its_currency(euros: float, currency: str) -> None:
    assert to_minor(price(euros, currency)) >= 10 ** exponent(currency)


@pytest.mark.parametrize(
    ("local", "charged"), [("EUR", "EUR"), ("JPY", "JPY"), ("AFN", "USD"), ("", "USD"), ("???", "USD")]
)
def test_a_currency_that_is_not_listed_is_not_charged_in(local: str, charged: str) -> None:
    assert charged_in(local) == charged


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("São Paulo", "sao-paulo"),
        ("Xi’an", "xian"),
        ("Washington, D.C.", "washington-d-c"),
        ("  Ulm ", "ulm"),
        ("東京", ""),
    ],
)
def test_names_become_parts_of_resource_names(name: str, expected: str) -> None:
    assert slug(name) == expected
