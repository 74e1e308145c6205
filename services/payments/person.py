"""What the service holds of one person: taken out of what the law wants kept, and handed out to the person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from google.protobuf.json_format import MessageToDict

from chassis.personal_data import PersonalData
from chassis.storage.session import Session
from services.payments import store
from services.payments.messages import entry_message, payment_message


def _erase(session: Session, user: str) -> None:
    """Payments and books stay, to the cent, without whose they were. A card token that the bank has to answer for stays
    until it has, as the amount could not be settled without, and until then the payment is known by its user."""
    store.leave_nameless(session, user)


def _export(session: Session, user: str) -> Mapping[str, object]:
    payments = store.of_user(session, user)
    entries = [entry for payment in payments for entry in store.entries(session, payment=payment.name)]
    return {
        "payments": [MessageToDict(payment_message(payment)) for payment in payments],
        "ledgerEntries": [MessageToDict(entry_message(entry)) for entry in entries],
    }


PERSONAL_DATA: Final = PersonalData(erase=_erase, export=_export, withheld=store.is_anybodys)
