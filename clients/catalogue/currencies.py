"""What a price in euros is roughly elsewhere, rounded as prices are."""

from __future__ import annotations

from math import floor, log10
from types import MappingProxyType
from typing import Final

from google.type.money_pb2 import Money

from chassis.money import exponent, from_minor

FALLBACK: Final = "USD"
"""What hotels charge where the local currency is not listed here."""

RATES: Final = MappingProxyType(
    {
        "AED": 4.0,
        "ARS": 1100.0,
        "AUD": 1.7,
        "BDT": 130.0,
        "BRL": 6.2,
        "CAD": 1.5,
        "CHF": 0.95,
        "CLP": 1050.0,
        "CNY": 7.9,
        "COP": 4500.0,
        "CZK": 25.0,
        "DKK": 7.46,
        "EGP": 54.0,
        "EUR": 1.0,
        "GBP": 0.85,
        "HKD": 8.6,
        "HUF": 395.0,
        "IDR": 17_500.0,
        "ILS": 4.0,
        "INR": 92.0,
        "ISK": 148.0,
        "JPY": 163.0,
        "KES": 142.0,
        "KRW": 1500.0,
        "KWD": 0.33,
        "LKR": 325.0,
        "MAD": 10.7,
        "MXN": 20.0,
        "MYR": 4.8,
        "NGN": 1700.0,
        "NOK": 11.7,
        "NPR": 147.0,
        "NZD": 1.85,
        "PEN": 4.1,
        "PHP": 63.0,
        "PKR": 305.0,
        "PLN": 4.3,
        "QAR": 4.0,
        "RON": 5.0,
        "RSD": 117.0,
        "SAR": 4.1,
        "SEK": 11.3,
        "SGD": 1.45,
        "THB": 38.0,
        "TND": 3.4,
        "TRY": 38.0,
        "TWD": 35.0,
        "TZS": 2800.0,
        "UAH": 45.0,
        "USD": 1.09,
        "UYU": 43.0,
        "VND": 27_500.0,
        "XAF": 656.0,
        "XOF": 656.0,
        "ZAR": 19.8,
    }
)
"""Units for one euro, roughly, in early 2025: good for prices of hotels that do not exist."""


def charged_in(local_currency: str) -> str:
    """The currency of a hotel's prices where people pay with the local one."""
    return local_currency if local_currency in RATES else FALLBACK


def price(euros: float, currency: str) -> Money:
    """So many euros in a listed currency, rounded to whole units of three digits that count."""
    units = euros * RATES[currency]
    step = 10 ** max(0, floor(log10(units)) - 2) if units >= 1 else 1
    return from_minor(max(1, round(units / step)) * step * 10 ** exponent(currency), currency)
