"""Bookings and how far they are settled: queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, insert, select, tuple_, update

from chassis.refusal import InvalidPageToken, NotFound
from chassis.storage.session import Session
from services.booking.booking import Booking, Guest, Payment, PaymentState, Price, State
from services.booking.inventory import Stay
from services.booking.steps import Progress, Step
from services.booking.tables import BOOKINGS, SAGAS

LEASE: Final = timedelta(seconds=5)
"""How long a step is its holder's: longer than `charges.LONGEST_CALL`, and as long as a crash keeps a guest waiting."""

LOOK_AGAIN: Final = 0.1
"""Seconds after which to see how far another instance has come with a booking."""

# Built once: to build a statement takes longer than to run it.
_ADD: Final = insert(BOOKINGS)
_ADD_SAGA: Final = insert(SAGAS)
_PUT: Final = update(BOOKINGS).where(BOOKINGS.c.name == bindparam("key"))
_PROCEED: Final = update(SAGAS).where(SAGAS.c.booking == bindparam("key"))
_GET: Final = select(BOOKINGS).where(BOOKINGS.c.name == bindparam("key"))
_STANDING: Final = (
    select(BOOKINGS, *(column for column in SAGAS.c if column.name != "booking"))
    .join(SAGAS, SAGAS.c.booking == BOOKINGS.c.name)
    .where(BOOKINGS.c.name == bindparam("key"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A booking, how far it is settled, and who sees to it.

    Until `due_time` its next step is the holder's, or nobody's where there is none: then it is a pause. From then on it
    is anybody's. `due_time` is None where nothing is to be done.
    """

    booking: Booking
    progress: Progress
    holder: str
    due_time: datetime | None

    def is_due(self, now: datetime) -> bool:
        """Whether the next step is anybody's."""
        return self.due_time is not None and self.due_time <= now

    def pause(self, holder: str, now: datetime) -> float:
        """Seconds until that holder may go on; none where the step is theirs."""
        if self.due_time is None or self.holder == holder:
            return 0.0
        left = max(0.0, (self.due_time - now).total_seconds())
        return min(left, LOOK_AGAIN) if self.holder else left


def add(session: Session, booking: Booking) -> None:
    """Store a new booking."""
    session.execute(_ADD, _row(booking))
    row = {"booking": booking.name, "step": Step.DONE.value, "attempts": 0, "card_token": "", "holder": ""}
    session.execute(_ADD_SAGA, row)


def get(session: Session, name: str) -> Booking:
    """The booking of that name. Raises NotFound."""
    row = session.execute(_GET, {"key": name}).mappings().one_or_none()
    if row is None:
        raise NotFound(name)
    return _booking(row)


def page(session: Session, *, user: str | None, after: str | None, limit: int) -> list[Booking]:
    """Up to `limit` bookings, the newest first, from after that name; of one user, or of all where it is None.

    Raises InvalidPageToken where there is no booking of that name.
    """
    place = tuple_(BOOKINGS.c.create_time, BOOKINGS.c.name)
    query = select(BOOKINGS).order_by(BOOKINGS.c.create_time.desc(), BOOKINGS.c.name.desc()).limit(limit)
    if user is not None:
        query = query.where(BOOKINGS.c.user == user)
    if after is not None:
        create_time = session.scalar(select(BOOKINGS.c.create_time).where(BOOKINGS.c.name == after))
        if create_time is None:
            raise InvalidPageToken
        query = query.where(place < (create_time, after))
    return [_booking(row) for row in session.execute(query).mappings()]


def of_user(session: Session, user: str) -> list[Booking]:
    """All bookings of that user, the earliest first."""
    query = select(BOOKINGS).where(BOOKINGS.c.user == user).order_by(BOOKINGS.c.create_time, BOOKINGS.c.name)
    return [_booking(row) for row in session.execute(query).mappings()]


def put(session: Session, booking: Booking) -> None:
    """Store the newest version of a booking, which was read in this unit of work."""
    session.execute(_PUT, {"key": booking.name, **_row(booking)})


def standing(session: Session, name: str) -> Standing:
    """A booking, how far it is settled, and who sees to it. Raises NotFound."""
    row = session.execute(_STANDING, {"key": name}).mappings().one_or_none()
    if row is None:
        raise NotFound(name)
    progress = Progress(step=Step(row["step"]), attempts=row["attempts"], card_token=row["card_token"])
    return Standing(booking=_booking(row), progress=progress, holder=row["holder"], due_time=row["due_time"])


def proceed(session: Session, booking: Booking, progress: Progress, *, holder: str, now: datetime) -> Standing:
    """Store how far a booking is settled: its next step is the holder's, or due after a pause."""
    if progress.step is Step.DONE:
        reached = Standing(booking=booking, progress=progress, holder="", due_time=None)
    elif progress.pause:
        due_time = now + timedelta(seconds=progress.pause)
        reached = Standing(booking=booking, progress=progress, holder="", due_time=due_time)
    else:
        reached = Standing(booking=booking, progress=progress, holder=holder, due_time=now + LEASE)
    row = {
        "step": progress.step.value,
        "attempts": progress.attempts,
        "card_token": progress.card_token,
        "holder": reached.holder,
        "due_time": reached.due_time,
    }
    session.execute(_PROCEED, {"key": booking.name, **row})
    return reached


def claim(session: Session, booking: str, *, holder: str, now: datetime) -> None:
    """Make the next step of a booking the holder's for LEASE, unless another was faster."""
    due = (SAGAS.c.booking == booking) & (SAGAS.c.due_time <= now)
    session.execute(update(SAGAS).where(due).values(holder=holder, due_time=now + LEASE))


def take_over(session: Session, booking: str, *, holder: str, now: datetime) -> None:
    """Make the next step of a booking the holder's, whoever has it now; a pause stays a pause."""
    held = (SAGAS.c.booking == booking) & (SAGAS.c.holder != "")
    session.execute(update(SAGAS).where(held).values(holder=holder, due_time=now + LEASE))


def due(session: Session, *, now: datetime, limit: int) -> list[str]:
    """The bookings whose next step is anybody's, the longest due first."""
    query = select(SAGAS.c.booking).where(SAGAS.c.due_time <= now).order_by(SAGAS.c.due_time).limit(limit)
    return list(session.scalars(query))


def _row(booking: Booking) -> dict[str, object]:
    return {
        "name": booking.name,
        "state": booking.state.value,
        "user": booking.user,
        "hotel": booking.hotel,
        "room_type": booking.room_type,
        "check_in": booking.stay.check_in,
        "check_out": booking.stay.check_out,
        "time_zone": booking.time_zone,
        "guests": booking.guests,
        "given_name": booking.lead_guest.given_name,
        "family_name": booking.lead_guest.family_name,
        "email": booking.lead_guest.email,
        "language_code": booking.lead_guest.language_code,
        "total": booking.price.total,
        "currency": booking.price.currency,
        "price_lines": booking.price.lines,
        "payment": booking.payment.name,
        "payment_state": booking.payment.state.value,
        "refunded": booking.payment.refunded,
        "decline_code": booking.payment.decline_code,
        "confirmation_code": booking.confirmation_code or None,
        "create_time": booking.create_time,
        "update_time": booking.update_time,
        "revision": booking.revision,
    }


def _booking(row: Mapping[Any, Any]) -> Booking:
    return Booking(
        name=row["name"],
        state=State(row["state"]),
        user=row["user"],
        hotel=row["hotel"],
        room_type=row["room_type"],
        stay=Stay(check_in=row["check_in"], check_out=row["check_out"]),
        time_zone=row["time_zone"],
        guests=row["guests"],
        lead_guest=Guest(
            given_name=row["given_name"],
            family_name=row["family_name"],
            email=row["email"],
            language_code=row["language_code"],
        ),
        price=Price(total=row["total"], currency=row["currency"], lines=row["price_lines"]),
        payment=Payment(
            state=PaymentState(row["payment_state"]),
            name=row["payment"],
            refunded=row["refunded"],
            decline_code=row["decline_code"],
        ),
        confirmation_code=row["confirmation_code"] or "",
        create_time=row["create_time"],
        update_time=row["update_time"],
        revision=row["revision"],
    )
