"""The books balance: in each entry, and over all of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payments.ledger import Account, Entry, entry_for
from services.payments.operation import Kind
from services.payments.payment import State
from tests.unit.payments.examples import LATER, operation, payment

MONEY_MOVES = (Kind.CAPTURE, Kind.REFUND)


def entry(kind: Kind, *, amount: int = 100, currency: str = "EUR") -> Entry:
    made = entry_for(operation(kind, amount=amount), replace(payment(), currency=currency), LATER)
    assert made is not None
    return made


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in MONEY_MOVES])
def test_a_promise_is_not_entered(kind: Kind) -> None:
    assert entry_for(operation(kind), payment(State.AUTHORISED), LATER) is None


@pytest.mark.parametrize(("kind", "change"), [(Kind.CAPTURE, 100), (Kind.REFUND, -100)])
def test_what_comes_to_the_bank_is_owed_to_the_hotels(kind: Kind, change: int) -> None:
    changes = {posting.account: posting.amount for posting in entry(kind).postings}
    assert changes == {Account.BANK: change, Account.HOTEL_PAYABLES: -change}


@given(
    st.lists(
        st.tuples(st.sampled_from(MONEY_MOVES), st.integers(1, 2**62), st.sampled_from(["EUR", "JPY", "KWD"])),
        max_size=30,
    )
)
def test_the_postings_of_each_entry_and_of_all_add_up_to_nothing(events: list[tuple[Kind, int, str]]) -> None:
    total: Counter[str] = Counter()
    for kind, amount, currency in events:
        made = entry(kind, amount=amount, currency=currency)
        assert sum(posting.amount for posting in made.postings) == 0
        for posting in made.postings:
            total[currency] += posting.amount
    assert set(total.values()) <= {0}


@pytest.mark.parametrize("amount", [0, -1])
def test_an_entry_is_of_more_than_nothing(amount: int) -> None:
    with pytest.raises(ValueError, match="more than nothing"):
        entry(Kind.CAPTURE, amount=amount)


def test_an_entry_is_between_two_accounts() -> None:
    with pytest.raises(ValueError, match="two accounts"):
        replace(entry(Kind.CAPTURE), credit=Account.BANK)
