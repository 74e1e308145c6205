"""What is printed is what the books have, to the smallest unit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.money import exponent
from services.documents.document import AmountsDisagree, Document, Kind
from services.documents.printing import printed
from services.documents.wording import texts
from tests.unit.printing.examples import document
from tests.unit.printing.reading import amount, beside, rows

LANGUAGES = ("en", "zh", "pt")
CURRENCIES = ("EUR", "USD", "CNY", "BRL", "JPY", "KRW", "KWD", "HUF", "CLF")


def agree(example: Document) -> None:
    """The document, printed and read, says each amount of the books."""
    words, content = texts(example.language), printed(example).content
    assert example.payment is not None

    def read(said: str) -> int:
        return amount(said, example.language, example.currency, example.places)

    assert read(beside(content, words["price.total"])) == example.total
    assert read(beside(content, words["money.balance"])) == example.payment.amount - example.payment.refunded
    shown = [row[-1] for row in rows(content) if row[-1].endswith(example.currency)]
    lines = [night.amount for night in example.nights] + [charge.amount for charge in example.taxes]
    moved = [movement.amount for movement in example.payment.movements]
    left = example.payment.amount - example.payment.refunded
    assert [read(said) for said in shown] == [*lines, example.total, *moved, left]


@pytest.mark.parametrize(
    ("currency", "language", "kind"),
    [
        *((currency, "en", Kind.RECEIPT) for currency in CURRENCIES),
        *((currency, language, Kind.INVOICE) for currency in ("EUR", "JPY", "KWD") for language in LANGUAGES),
    ],
    ids=str,
)
def test_a_document_says_what_the_books_have(currency: str, language: str, kind: Kind) -> None:
    agree(
        document(
            nights=[1_234_567, 1, 99],
            taxes=[100_000_001],
            refunds=[5, 1_000_000],
            currency=currency,
            places=exponent(currency),
            language=language,
            kind=kind,
        )
    )


amounts = st.integers(0, 10**12)


@settings(max_examples=12)
@given(
    nights=st.lists(amounts, min_size=1, max_size=8),
    taxes=st.lists(amounts, min_size=1, max_size=4),
    share=st.integers(0, 100),
    currency=st.sampled_from(CURRENCIES),
    language=st.sampled_from(LANGUAGES),
)
def test_whatever_the_amounts_are(
    nights: list[int], taxes: list[int], share: int, currency: str, language: str
) -> None:
    refund = (sum(nights) + sum(taxes)) * share // 100
    example = document(
        nights=nights,
        taxes=taxes,
        refunds=[refund] if refund else [],
        currency=currency,
        places=exponent(currency),
        language=language,
    )
    example.check()
    agree(example)


def broken(example: Document, **changed: object) -> Document:
    assert example.payment is not None
    return replace(example, payment=replace(example.payment, **changed))  # type: ignore[arg-type]  # names and values are as the test says


@pytest.mark.parametrize(
    ("example", "field", "expected", "found"),
    [
        pytest.param(document(total=24_254), "booking.price.total", "24254", "24255", id="lines-and-total"),
        pytest.param(broken(document(), amount=1), "payment.amount", "1", "24255", id="payment-and-ledger"),
        pytest.param(broken(document(), refunded=7), "payment.refunded", "7", "0", id="refund-and-ledger"),
        pytest.param(
            replace(document(nights=[1], taxes=[1]), payment=document(nights=[2], taxes=[1]).payment),
            "payment.amount",
            "3",
            "2",
            id="payment-and-total",
        ),
    ],
)
def test_amounts_that_disagree_are_refused(example: Document, field: str, expected: str, found: str) -> None:
    with pytest.raises(AmountsDisagree) as raised:
        example.check()
    assert raised.value.metadata == {"field": field, "expected": expected, "found": found}
