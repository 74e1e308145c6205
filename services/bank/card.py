"""The sandbox's test cards: each tells by its token how the bank is to treat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """How the bank treats a card. What it does once, it does anew for every request id.

    A repeat of a request is answered at once, whatever the card.
    """

    decline_code: str = ""
    """Why the card is refused; empty for a good one."""

    answer_delay: float = 0.0
    """Seconds between the effect of a command and its first answer."""

    outlasts_caller: bool = False
    """Whether the first answer to a command comes only after the caller has hung up."""

    fails_once: bool = False
    """Whether the first call of a command finds the bank out of order, and changes nothing."""


TEST_CARDS: Mapping[str, Card] = MappingProxyType(
    {
        "tok_success": Card(),
        "tok_decline": Card(decline_code="do_not_honor"),
        "tok_insufficient_funds": Card(decline_code="insufficient_funds"),
        "tok_slow": Card(answer_delay=2.0),
        "tok_timeout": Card(outlasts_caller=True),
        "tok_fails_once": Card(fails_once=True),
    }
)

INVALID = Card(decline_code="invalid_card")


def card_of(token: str) -> Card:
    """The card behind a token; an invalid one for a token that is no test card's."""
    return TEST_CARDS.get(token, INVALID)
