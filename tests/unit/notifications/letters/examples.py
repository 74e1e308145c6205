"""A stay, and every letter that there is about it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from services.notifications.letters import to_guests, to_hotels
from services.notifications.letters.foreign import Foreign
from services.notifications.letters.letter import Letter
from services.notifications.letters.rendering import Rendering
from services.notifications.letters.stay import Amount, Money, Stay
from services.notifications.letters.words import LANGUAGES, Words, words

GUEST: Final = Foreign("Ada Lovelace")
LINK: Final = "https://book.example/l/4kTmX02q"


def euros(amount: str) -> Amount:
    return Amount(Decimal(amount), "EUR")


STAY: Final = Stay(
    code="K7Q2M9XA",
    hotel=Foreign("Sacher"),
    address=[Foreign("Philharmoniker Straße 4"), Foreign("1010 Wien")],
    region="AT",
    time_zone=ZoneInfo("Europe/Vienna"),
    check_in=date(2027, 5, 1),
    check_out=date(2027, 5, 3),
    guests=2,
    lead_guest=GUEST,
    room=Foreign("Zimmer 4711"),
    board="half_board",
    nights=[(date(2027, 5, 1), euros("1100.00")), (date(2027, 5, 2), euros("100.50"))],
    taxes=[(Foreign("MwSt"), euros("120.05"))],
    total=euros("1320.55"),
    deadlines=[(datetime(2027, 4, 29, 22, tzinfo=UTC), 100), (datetime(2027, 4, 30, 21, 59, tzinfo=UTC), 50)],
    booked=datetime(2027, 4, 1, 10, tzinfo=UTC),
    money=Money.TAKEN,
    refunded=euros("0"),
)
REFUNDED: Final = replace(STAY, money=Money.GIVEN_BACK, refunded=euros("1320.55"))

LETTERS: Final[Mapping[str, Callable[[Words], Letter]]] = {
    "confirmed": lambda words: to_guests.confirmed(words, STAY),
    "confirmed-unpaid": lambda words: to_guests.confirmed(words, replace(STAY, money=Money.ON_ITS_WAY)),
    "confirmed-free": lambda words: to_guests.confirmed(words, replace(STAY, money=Money.FREE, deadlines=[])),
    "cancelled": lambda words: to_guests.cancelled(words, REFUNDED),
    "cancelled-unpaid": lambda words: to_guests.cancelled(words, replace(STAY, money=Money.LET_GO)),
    "cancelled-pending": lambda words: to_guests.cancelled(words, STAY),
    "cancelled-free": lambda words: to_guests.cancelled(words, replace(STAY, money=Money.FREE)),
    "receipt": lambda words: to_guests.receipt(words, STAY),
    "receipt-refunded": lambda words: to_guests.receipt(words, REFUNDED),
    "failed": lambda words: to_guests.failed(words, STAY, refused=True),
    "expired": lambda words: to_guests.failed(words, STAY, refused=False),
    "reminder": lambda words: to_guests.reminder(words, STAY),
    "welcome": lambda words: to_guests.welcome(words, GUEST),
    "hotel-booked": lambda words: to_hotels.booked(words, STAY, acknowledge=LINK, minutes=30, second_address=True),
    "hotel-booked-again": lambda words: to_hotels.booked_again(words, STAY, acknowledge=LINK, minutes=30),
    "hotel-cancelled": lambda words: to_hotels.cancelled(words, STAY),
}
"""Each by what it is about."""


def write_all(directory: Path) -> None:
    """Every letter in every language, for whoever wants to see them."""
    rendering = Rendering()
    for name, letter in LETTERS.items():
        for language in LANGUAGES:
            rendered = rendering.render(letter(words(language)))
            (directory / f"{name}.{language}.txt").write_text(f"{rendered.subject}\n\n{rendered.text}")
            (directory / f"{name}.{language}.html").write_text(rendered.html)


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
