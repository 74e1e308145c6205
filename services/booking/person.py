"""What the service holds of one person: taken out of the bookings, which stay, and handed out to the person.

A booking whose stay is to come stands: the room is kept and paid for, and the confirmation code is what gets it. To
call it off could cost the guest money, who has not asked for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from google.protobuf.json_format import MessageToDict
from sqlalchemy import exists, select, update

from chassis.personal_data import PersonalData
from chassis.storage.session import Session
from services.booking import store
from services.booking.messages import booking_message
from services.booking.tables import BOOKING_EVENTS, BOOKINGS, SAGAS


def _erase(session: Session, user: str) -> None:
    """A booking that the bank has to answer for is known by its user and card token until then: to ask again is to ask
    the same. Its guest goes at once."""
    of_user = BOOKINGS.c.user == user
    session.execute(update(BOOKINGS).where(of_user).values(given_name="", family_name="", email="", language_code=""))
    has_card = exists().where(SAGAS.c.booking == BOOKINGS.c.name, SAGAS.c.card_token != "")
    session.execute(update(BOOKINGS).where(of_user, ~has_card).values(user=""))
    still = select(BOOKINGS.c.name).where(of_user)
    told = BOOKING_EVENTS.c.user == user
    session.execute(update(BOOKING_EVENTS).where(told, BOOKING_EVENTS.c.booking.not_in(still)).values(user=""))


def _is_anybodys(session: Session, user: str) -> bool:
    return session.scalar(select(BOOKINGS.c.name).where(BOOKINGS.c.user == user).limit(1)) is not None


def _export(session: Session, user: str) -> Mapping[str, object]:
    return {"bookings": [MessageToDict(booking_message(booking)) for booking in store.of_user(session, user)]}


PERSONAL_DATA: Final = PersonalData(erase=_erase, export=_export, withheld=_is_anybodys)
