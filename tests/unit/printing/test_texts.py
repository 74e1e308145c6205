"""Names of people and hotels, in whatever script, and what nobody is called."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.documents.document import Address, Kind, Party
from services.documents.fonts import typeface
from services.documents.printing import printed
from services.documents.typesetting import LONGEST, cleaned, lines
from tests.unit.printing.examples import document
from tests.unit.printing.reading import beside, fonts, rows, text

WIDTH = 350.0


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Ada Lovelace", id="latin"),
        pytest.param("João Gonçalves da Conceição", id="portuguese"),
        pytest.param("Nguyễn Thị Ánh", id="vietnamese"),
        pytest.param("Σωκράτης Παπαδόπουλος", id="greek"),
        pytest.param("Ἀριστοτέλης", id="old-greek"),
        pytest.param("Дмитрий Иванов", id="cyrillic"),
        pytest.param("李小龍", id="chinese-traditional"),
        pytest.param("张伟", id="chinese-simplified"),
        pytest.param("山田 たろう", id="japanese"),
        pytest.param("สมชาย", id="thai"),
        pytest.param("Li 小龙 Παπά O’Neill", id="mixed"),
    ],
)
def test_a_name_is_printed(name: str) -> None:
    assert name in text(printed(document(guest=name)).content)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_name_stands_on_every_document(kind: Kind) -> None:
    assert "Li 小龙 Παπά" in text(printed(document(guest="Li 小龙 Παπά", kind=kind)).content)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("محمد بن سلمان", id="arabic"),
        pytest.param("فاطمة الزهراء", id="arabic-joined"),
        pytest.param("عبد الإله لا", id="ligatures"),
        pytest.param("پژمان گرگانی", id="persian"),
        pytest.param("דוד בן־גוריון", id="hebrew"),
    ],
)
def test_what_runs_from_right_to_left_is_seen_so(name: str) -> None:
    seen = beside(printed(document(guest=name)).content, "Guest")
    assert unicodedata.normalize("NFKC", seen[::-1]) == name


def test_arabic_letters_are_joined() -> None:
    (seen,) = lines("بيت", typeface.regular(), 10, WIDTH)
    assert [unicodedata.name(char) for char in reversed(seen)] == [
        "ARABIC LETTER BEH INITIAL FORM",
        "ARABIC LETTER YEH MEDIAL FORM",
        "ARABIC LETTER TEH FINAL FORM",
    ]


def test_the_first_words_of_what_runs_from_right_to_left_stand_in_the_first_line() -> None:
    name = "محمد " * 30
    seen = lines(name + "علي", typeface.regular(), 10, WIDTH)
    assert len(seen) > 1
    assert unicodedata.normalize("NFKC", seen[-1][::-1]).endswith("علي")


def test_a_name_in_two_directions_begins_with_its_first_letter() -> None:
    assert lines("Ada محمد", typeface.regular(), 10, WIDTH)[0].startswith("Ada ")
    assert lines("محمد Ada", typeface.regular(), 10, WIDTH)[0].startswith("Ada ")  # read from the right


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param("<b>Ada</b> &amp; <i>", "<b>Ada</b> &amp; <i>", id="markup"),
        pytest.param("A\x00d\x07a\x7f", "Ada", id="control-characters"),
        pytest.param("Ada\r\nTotal 0.00 EUR", "Ada Total 0.00 EUR", id="line-breaks"),
        pytest.param("a\u202egnirts", "agnirts", id="turned-direction"),
        pytest.param("  Ada \u2003 B.  ", "Ada B.", id="spaces"),
        pytest.param("e\u0301", "é", id="composed"),
        pytest.param("\U0001f600\ufe0f", "\U0001f600", id="variants"),
        pytest.param("\ud800x", "x", id="half-a-character"),
        pytest.param("", "", id="nothing"),
        pytest.param("x" * 10_000, "x" * (LONGEST - 1) + "…", id="10000-characters"),
    ],
)
def test_what_is_kept_of_a_text(said: str, shown: str) -> None:
    assert cleaned(said) == shown
    printed(document(guest=said, hotel=Party(name=said, address=Address(lines=[said] * 5, locality=said, region="AT"))))


def test_what_no_font_has_is_seen_to_be_missing() -> None:
    assert beside(printed(document(guest="Ada \U0001f600 B.")).content, "Guest") == "Ada \ufffd B."


@settings(max_examples=25)
@given(said=st.text(max_size=400))
def test_whatever_somebody_is_called(said: str) -> None:
    """Nothing that a text holds keeps a document from being printed, or the amounts from standing where they stand."""
    content = printed(document(guest=said, hotel=Party(name=said), room=said, kind=Kind.INVOICE)).content
    assert beside(content, "Total") == "242.55 EUR"


@settings(max_examples=50)
@given(said=st.text(st.characters(codec="utf-8"), max_size=400), width=st.floats(30, 500))
def test_a_line_is_not_wider_than_its_place(said: str, width: float) -> None:
    face = typeface.regular()
    for line in lines(said, face, 10, width):
        assert face.width(line, 10) <= width or len(line) == 1


def test_many_lines_run_over_pages() -> None:
    made = printed(document(nights=[100] * 200))
    assert made.pages > 3
    shown = rows(made.content)
    assert [row[-1] for row in shown if row[0] == "Receipt K7Q2M9XA"] == [
        f"Page {page} of {made.pages}" for page in range(1, made.pages + 1)
    ]
    assert len([row for row in shown if row[0].startswith("Night of")]) == 200
    headings = len([row for row in shown if row == ["Item", "Amount"]])
    assert headings in (made.pages, made.pages - 1), "each page of the table has its heading"


@pytest.mark.parametrize("language", ["en", "zh", "pt"])
def test_every_font_is_brought_along(language: str) -> None:
    named = list(fonts(printed(document(language=language, guest="محمد 张伟 Ada")).content))
    assert named
    for font in named:
        assert "FontFile2" in font["FontDescriptor"].resolve()
        assert "ToUnicode" in font
