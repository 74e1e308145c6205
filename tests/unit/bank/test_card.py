"""Each test card tells how the bank treats it."""

from __future__ import annotations

import pytest

from services.bank.card import card_of


@pytest.mark.parametrize(
    ("token", "decline_code"),
    [
        ("tok_success", ""),
        ("tok_slow", ""),
        ("tok_timeout", ""),
        ("tok_fails_once", ""),
        ("tok_decline", "do_not_honor"),
        ("tok_insufficient_funds", "insufficient_funds"),
        ("tok_of_nobody", "invalid_card"),
        ("", "invalid_card"),
    ],
)
def test_a_card_is_good_or_refused(token: str, decline_code: str) -> None:
    assert card_of(token).decline_code == decline_code


@pytest.mark.parametrize("token", ["tok_success", "tok_decline", "tok_insufficient_funds"])
def test_a_plain_card_is_answered_at_once(token: str) -> None:
    card = card_of(token)
    assert (card.answer_delay, card.outlasts_caller, card.fails_once) == (0.0, False, False)
