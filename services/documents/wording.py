"""The catalogue of one language, and how that language writes dates and amounts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from services.documents.language import is_known, language_of

DIRECTORY: Final = Path(__file__).parent / "words"
INSTANT: Final = {"en": "MMMM d, y, HH:mm", "zh": "y年M月d日 HH:mm", "pt": "d 'de' MMMM 'de' y, HH:mm"}
"""A day and a time to the minute (UTS 35), on the 24-hour clock: a deadline at midnight is then no riddle."""

NO_BREAK_SPACE: Final = "\u00a0"


class Wording:
    """What documents say in one language.

    Args:
        language: One of those that there are words in.
        locale: How dates and amounts are written: that language as it is used somewhere, such as in Portugal.
    """

    def __init__(self, language: str, locale: Locale) -> None:
        self.language = language
        self._locale = locale
        self._texts = texts(language)

    def say(self, key: str, /, **values: object) -> str:
        """The text of that key, such as `price.total`, with the values in it. Raises KeyError."""
        return self._texts[key].format(**values)

    def day(self, day: date) -> str:
        """A day with its weekday."""
        return format_date(day, "full", self._locale)

    def instant(self, instant: datetime, zone: str) -> str:
        """A day and a time on the clock of that IANA time zone, whose name stands beside it."""
        try:
            clock = ZoneInfo(zone)
        except (ValueError, ZoneInfoNotFoundError, OSError):  # empty, no such zone, or a name that is a directory
            clock, zone = ZoneInfo("UTC"), "UTC"
        written = format_datetime(instant, INSTANT[self.language], tzinfo=clock, locale=self._locale)
        return f"{written} ({zone})"

    def money(self, amount: int, currency: str, places: int) -> str:
        """An amount, given in the smallest unit, with all its decimal places and the code of its currency: signs such
        as ¥ and $ belong to several."""
        pattern = "#,##0" + ("." + "0" * places if places else "")
        number = format_decimal(Decimal(amount).scaleb(-places), pattern, self._locale, decimal_quantization=False)
        return f"{number}{NO_BREAK_SPACE}{currency}"

    def number(self, number: int) -> str:
        """A whole number."""
        return format_decimal(number, locale=self._locale)

    def percent(self, percent: int) -> str:
        """So many hundredths."""
        return format_percent(Decimal(percent) / 100, locale=self._locale)

    def country(self, region: str) -> str:
        """A country by its code (ISO 3166-1 alpha-2); the code itself of one that has no name in this language."""
        return str(self._locale.territories.get(region, region))


@cache
def texts(language: str) -> Mapping[str, str]:
    """Every text of a language by its key, `section.name`."""
    sections = tomllib.loads((DIRECTORY / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{name}": text for section, named in sections.items() for name, text in named.items()}


@lru_cache(maxsize=64)
def wording(tag: str) -> Wording:
    """The words for a language tag (BCP 47), by what it begins with; English where there are none for it."""
    language = language_of(tag)
    if not is_known(tag):
        return Wording(language, Locale(language))
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):  # a region or a variant that nobody has data of
        locale = Locale(language)
    # The words are in one script: dates in the other one would not go with them.
    return Wording(language, locale if locale.script in (None, "Hans") else Locale(language))
