"""The catalogue of one language, and how that language writes dates and amounts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from chassis.money import exponent
from services.notifications.letters.phrase import Phrase
from services.notifications.letters.stay import Amount

DIRECTORY: Final = Path(__file__).parent / "words"
LANGUAGES: Final = ("en", "zh", "pt")
"""The languages that mails are in; the first where nobody asks for one of them."""

INSTANT: Final = {"en": "EEEE, MMMM d, y, HH:mm", "zh": "y年M月d日EEEE HH:mm", "pt": "EEEE, d 'de' MMMM 'de' y, HH:mm"}
"""A day and a time to the minute (UTS 35), on the 24-hour clock: a deadline at midnight is then no riddle."""

NO_BREAK_SPACE: Final = "\u00a0"


class Words:
    """What mails say in one language.

    Args:
        language: One of LANGUAGES.
        locale: How dates and amounts are written: that language as it is used somewhere, such as in Portugal.
    """

    def __init__(self, language: str, locale: Locale) -> None:
        self.language = language
        self._locale = locale
        self._phrases = phrases(language)

    def say(self, key: str, /, **values: object) -> Phrase:
        """The sentence of that key, such as `confirmed.intro`, with the values in it. Raises KeyError."""
        return Phrase(self._phrases[key], values)

    def day(self, day: date) -> str:
        """A day with its weekday."""
        return format_date(day, "full", self._locale)

    def short_day(self, day: date) -> str:
        """A day, for a subject."""
        return format_date(day, "long", self._locale)

    def instant(self, instant: datetime, zone: ZoneInfo) -> Phrase:
        """A day and a time on the hotel's clock."""
        written = format_datetime(instant, INSTANT[self.language], tzinfo=zone, locale=self._locale)
        return self.say("common.in_zone", instant=written)

    def money(self, amount: Amount) -> str:
        """An amount to its smallest unit, never rounded, with the code of its currency: signs such as ¥ and $ belong to
        several."""
        places = exponent(amount.currency)
        pattern = "#,##0" + ("." + "0" * places if places else "")
        number = format_decimal(amount.value, pattern, self._locale, decimal_quantization=False)
        return f"{number}{NO_BREAK_SPACE}{amount.currency}"

    def number(self, number: int) -> str:
        """A whole number."""
        return format_decimal(number, locale=self._locale)

    def percent(self, percent: int) -> str:
        """So many hundredths."""
        return format_percent(Decimal(percent) / 100, locale=self._locale)

    def country(self, region: str) -> str:
        """A country by its code (ISO 3166-1 alpha-2); the code itself of one that has no name in this language."""
        return str(self._locale.territories.get(region, region))


def words(*wanted: str) -> Words:
    """The words of the first language tag (BCP 47) of those wanted that there are words for, by what it begins with."""
    for tag in wanted:
        if _primary(tag) in LANGUAGES:
            return _words(tag)
    return _words(LANGUAGES[0])


@cache
def phrases(language: str) -> Mapping[str, str]:
    """Every sentence of a language by its key, `section.name`."""
    sections = tomllib.loads((DIRECTORY / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{name}": text for section, texts in sections.items() for name, text in texts.items()}


@lru_cache(maxsize=64)
def _words(tag: str) -> Words:
    language = _primary(tag)
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):  # a region or a variant that nobody has data of
        locale = Locale(language)
    # The words are in one script: dates in the other one would not go with them.
    return Words(language, locale if locale.script in (None, "Hans") else Locale(language))


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()
