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
        pytest.param("1320.55", "EUR", "1,320.55\xa0EUR", id="euros"),
        pytest.param("100", "EUR", "100.00\xa0EUR", id="whole"),
        pytest.param("1320", "JPY", "1,320\xa0JPY", id="without-a-smaller-unit"),
        pytest.param("1320.5", "KWD", "1,320.500\xa0KWD", id="with-three-places"),
        pytest.param("1320.125", "EUR", "1,320.125\xa0EUR", id="never-rounded"),
        pytest.param("1320.125", "IQD", "1,320.125\xa0IQD", id="with-places-that-nobody-uses"),
    ],
)
def test_amounts_are_written_to_the_smallest_unit(amount: str, currency: str, written: str) -> None:
    assert words("en").money(Amount(Decimal(amount), currency)) == written


@pytest.mark.parametrize(
    ("tag", "region", "name"),
    [
        pytest.param("en", "AT", "Austria", id="en"),
        pytest.param("zh", "AT", "奥地利", id="zh"),
        pytest.param("pt-BR", "AT", "Áustria", id="pt"),
        pytest.param("en", "QQ", "QQ", id="without-a-name"),
    ],
)
def test_countries_have_their_name_in_the_language(tag: str, region: str, name: str) -> None:
    assert words(tag).country(region) == name
