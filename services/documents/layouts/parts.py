"""What several documents have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table, TableStyle

from services.documents.document import Address, Document, Party, Payment
from services.documents.layouts.block import (
    AMOUNT,
    AMOUNT_LABEL,
    BODY,
    HEADING,
    LABEL,
    NAME,
    STRONG,
    STRONG_AMOUNT,
    TITLE,
    Block,
)
from services.documents.layouts.page import WIDTH
from services.documents.wording import Wording

RULE: Final = HexColor(0xD1D9E0)
GAP: Final = 6 * mm
LABEL_WIDTH: Final = 42 * mm
AMOUNT_WIDTH: Final = 48 * mm
CANCELLABLE: Final = "CONFIRMED"
"""The state of bookings that can be cancelled."""

Command = tuple[str, tuple[int, int], tuple[int, int], *tuple[Any, ...]]
"""What ReportLab is told about cells of a table: what, from which column and row, to which, and how."""

Rows = Sequence[list[Any]]

PLAIN: Final[Sequence[Command]] = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
TIGHT: Final[Sequence[Command]] = [*PLAIN, ("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 1)]
RULED: Final[Sequence[Command]] = [
    *PLAIN,
    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ("LINEBELOW", (0, 0), (-1, 0), 0.8, RULE),
    ("LINEABOVE", (0, -1), (-1, -1), 0.8, RULE),
    ("NOSPLIT", (0, -2), (-1, -1)),
]
"""A table of amounts with a heading and a total, which does not stand alone on a page."""

Fact = tuple[str, str]
"""What something is called, and what it is."""


def title(text: str) -> Iterator[Flowable]:
    """What the document is."""
    yield Block(text, TITLE)
    yield Spacer(1, GAP)


def heading(text: str) -> Flowable:
    """Stands above a part."""
    return Block(text, HEADING)


def facts(pairs: Sequence[Fact]) -> Flowable:
    """One below the other, those left out that say nothing."""
    rows = [[Block(label, LABEL), Block(value)] for label, value in pairs if value]
    return _table(rows, [LABEL_WIDTH, WIDTH - LABEL_WIDTH], TIGHT)


def party(label: str, somebody: Party, words: Wording) -> list[Flowable]:
    """Somebody's name, and where letters reach them."""
    told = list(_address(somebody.address, words)) if somebody.address else []
    if somebody.tax_id:
        told.append(words.say("party.tax_id", number=somebody.tax_id))
    name = somebody.name or words.say("party.unnamed")
    return [Block(label, LABEL), Block(name, NAME), *(Block(line) for line in told), Spacer(1, GAP)]


def beside(left: Sequence[Flowable], right: Sequence[Flowable]) -> Flowable:
    """Two columns."""
    return _table([[list(left), list(right)]], [WIDTH / 2, WIDTH / 2], TIGHT)


def stay(document: Document, words: Wording) -> list[Fact]:
    """When who is where."""
    return [
        (words.say("stay.check_in"), words.day(document.check_in)),
        (words.say("stay.check_out"), words.day(document.check_out)),
        (words.say("stay.nights"), words.number((document.check_out - document.check_in).days)),
        (words.say("stay.guests"), words.number(document.guests)),
        (words.say("stay.room"), document.room),
        (words.say("stay.meals"), words.say(f"board.{document.board}")),
    ]


def price(document: Document, words: Wording) -> Iterator[Flowable]:
    """Every night and tax, and what they come to."""

    def money(amount: int) -> str:
        return words.money(amount, document.currency, document.places)

    rows = [
        [Block(words.say("price.item"), LABEL), Block(words.say("price.amount"), AMOUNT_LABEL)],
        *(
            [Block(words.say("price.night", date=words.day(night.date))), Block(money(night.amount), AMOUNT)]
            for night in document.nights
        ),
        *([Block(charge.name), Block(money(charge.amount), AMOUNT)] for charge in document.taxes),
        [Block(words.say("price.total"), STRONG), Block(money(document.total), STRONG_AMOUNT)],
    ]
    yield heading(words.say("price.heading"))
    yield _table(rows, [WIDTH - AMOUNT_WIDTH, AMOUNT_WIDTH], RULED, repeated=1)
    yield Spacer(1, GAP)


def payment(document: Document, paid: Payment, words: Wording) -> Iterator[Flowable]:
    """What was paid and given back and when, as the ledger has it."""

    def money(amount: int) -> str:
        return words.money(amount, document.currency, document.places)

    headings = [
        Block(words.say("money.when"), LABEL),
        Block(words.say("money.what"), LABEL),
        Block(words.say("price.amount"), AMOUNT_LABEL),
    ]
    rows = [
        [
            Block(words.instant(movement.time, document.time_zone)),
            Block(words.say("money.taken" if movement.amount > 0 else "money.given_back")),
            Block(money(movement.amount), AMOUNT),
        ]
        for movement in paid.movements
    ]
    total = [
        Block(words.say("money.balance"), STRONG),
        Block(""),
        Block(money(paid.amount - paid.refunded), STRONG_AMOUNT),
    ]
    widths = [WIDTH / 2, WIDTH / 2 - AMOUNT_WIDTH, AMOUNT_WIDTH]
    yield heading(words.say("money.heading"))
    yield _table([headings, *rows, total], widths, RULED, repeated=1)
    yield Spacer(1, GAP)


def terms(document: Document, words: Wording) -> Iterator[Flowable]:
    """What somebody who cancels gets back; nothing of a booking that cannot be cancelled any more."""
    if document.state != CANCELLABLE:
        return
    told = [
        words.say(
            "terms.until",
            deadline=words.instant(term.deadline, document.time_zone),
            percent=words.percent(term.percent),
        )
        for term in document.terms
        if term.percent
    ]
    if told:
        told.append(words.say("terms.after"))
    else:
        told.append(words.say("terms.none" if document.terms else "terms.free"))
    yield KeepTogether([heading(words.say("terms.heading")), *(Block(text, BODY) for text in told)])


def _address(address: Address, words: Wording) -> Iterator[str]:
    yield from address.lines
    yield f"{address.postal_code} {address.locality}".strip()
    if address.area:
        yield address.area
    yield words.country(address.region)


def _table(rows: Rows, widths: Sequence[float], look: Sequence[Command], *, repeated: int = 0) -> Table:
    # Each cell sets a font, and a document must not name one that it does not bring along.
    style = TableStyle([*look, ("FONT", (0, 0), (-1, -1), BODY.face().first)])
    return Table(rows, widths, style=style, repeatRows=repeated)
