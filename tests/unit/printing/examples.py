"""Documents to print."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from services.documents.document import Address, Charge, Document, Kind, Movement, Night, Party, Payment, Term

PAID_AT: Final = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
CHECK_IN: Final = date(2026, 12, 1)
HOTEL: Final = Party(
    name="Hotel Zur Post",
    address=Address(lines=["Hauptstraße 1"], postal_code="1010", locality="Wien", region="AT"),
)


def document(
    *,
    nights: list[int] | None = None,
    taxes: list[int] | None = None,
    refunds: list[int] | None = None,
    currency: str = "EUR",
    places: int = 2,
    **changed: Any,
) -> Document:
    """A document whose amounts add up, in smallest units: what each night and tax costs, and what was given back."""
    nights, taxes, refunds = nights or [10_000, 12_050], taxes or [2_205], refunds or []
    total = sum(nights) + sum(taxes)
    moved = [total, *(-refund for refund in refunds)]
    movements = [Movement(42 + at, PAID_AT + timedelta(days=at), amount) for at, amount in enumerate(moved)]
    made = Document(
        kind=Kind.RECEIPT,
        language="en",
        issue_time=PAID_AT,
        booking="bookings/b1",
        state="CONFIRMED",
        confirmation_code="K7Q2M9XA",
        hotel=HOTEL,
        time_zone="Europe/Vienna",
        room="Double room, courtyard",
        board="BED_AND_BREAKFAST",
        guest="Ada Lovelace",
        guests=2,
        check_in=CHECK_IN,
        check_out=CHECK_IN + timedelta(days=len(nights)),
        nights=[Night(CHECK_IN + timedelta(days=at), amount) for at, amount in enumerate(nights)],
        taxes=[Charge(f"Tax {at}", amount) for at, amount in enumerate(taxes)],
        total=total,
        currency=currency,
        places=places,
        terms=[Term(datetime(2026, 11, 28, 23, tzinfo=UTC), 100)],
        payment=Payment(name="payments/p1", amount=total, refunded=sum(refunds), movements=movements),
        number="2026-000042",
    )
    return replace(made, **changed)
