from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from services.notifications.letters.stay import Amount
from services.notifications.letters.words import words


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        pytest.param(("en",), "en", id="english"),
        pytest.param(("zh",), "zh", id="chinese"),
        pytest.param(("pt-BR",), "pt", id="with-a-region"),
        pytest.param(("PT-pt",), "pt", id="in-other-letter-case"),
        pytest.param(("zh-Hant-TW",), "zh", id="with-a-script"),
        pytest.param(("pt-x-mine",), "pt", id="with-a-private-part"),
        pytest.param(("pt-1996-rozaj",), "pt", id="with-variants"),
        pytest.param(("",), "en", id="not-said"),
        pytest.param((), "en", id="nobody-asked"),
        pytest.param(("tlh",), "en", id="one-that-there-is-not"),
        pytest.param(("fr", "zh"), "zh", id="the-second-wish"),
        pytest.param(("english",), "en", id="no-tag"),
    ],
)
def test_the_nearest_language_is_taken(wanted: tuple[str, ...], language: str) -> None:
    assert words(*wanted).language == language


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        pytest.param("en", "Saturday, May 1, 2027", id="en"),
        pytest.param("en-GB", "Saturday, 1 May 2027", id="en-GB"),
        pytest.param("pt-PT", "sábado, 1 de maio de 2027", id="pt-PT"),
        pytest.param("zh-TW", "2027年5月1日星期六", id="of-the-other-script"),
        pytest.param("zh-Hans", "2027年5月1日星期六", id="zh-Hans"),
    ],
)
def test_days_are_written_as_where_the_language_is_used(tag: str, written: str) -> None:
    assert words(tag).day(date(2027, 5, 1)) == written


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        pytest.param("1320.55", "EUR", "€1,320.55", id="euros"),
        pytest.param("100", "EUR", "€100.00", id="whole"),
        pytest.param("1320", "JPY", "¥1,320", id="without-a-smaller-unit"),
        pytest.param("1320.5", "KWD", "KWD1,320.500", id="with-three-places"),
        pytest.param("1320.125", "IQD", "IQD1,320.125", id="never-rounded"),
    ],
)
def test_amounts_are_written_to_the_smallest_unit(amount: str, currency: str, written: str) -> None:
    assert words("en").money(Amount(Decimal(amount), currency)) == written
