"""A booking, and the rules of what may become of it and of its payment."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, auto
from typing import Final

from chassis.refusal import Refusal
from services.booking.inventory import Stay


class State(StrEnum):
    """How far a booking has come. The names are those of the contract."""

    PENDING = auto()
    CONFIRMED = auto()
    CHECKED_IN = auto()
    CHECKED_OUT = auto()
    FAILED = auto()
    EXPIRED = auto()
    CANCELLED = auto()
    NO_SHOW = auto()


class PaymentState(StrEnum):
    """How far the payment of a booking has come. The names are those of the contract."""

    NONE = auto()
    UNKNOWN = auto()
    """The bank was asked and has not answered: asked again, it may turn out to be anything."""
    AUTHORISED = auto()
    CAPTURED = auto()
    REFUNDED = auto()
    VOIDED = auto()
    DECLINED = auto()
    EXPIRED = auto()


STATES: Final[Mapping[State, frozenset[State]]] = {
    State.PENDING: frozenset({State.CONFIRMED, State.FAILED, State.EXPIRED}),
    State.CONFIRMED: frozenset({State.CHECKED_IN, State.CANCELLED, State.NO_SHOW}),
    State.CHECKED_IN: frozenset({State.CHECKED_OUT}),
    State.CHECKED_OUT: frozenset(),
    State.FAILED: frozenset(),
    State.EXPIRED: frozenset(),
    State.CANCELLED: frozenset(),
    State.NO_SHOW: frozenset(),
}
"""What a booking may become."""

_KNOWN: Final = frozenset(PaymentState) - {PaymentState.NONE, PaymentState.UNKNOWN}

PAYMENT_STATES: Final[Mapping[PaymentState, frozenset[PaymentState]]] = {
    PaymentState.NONE: _KNOWN | {PaymentState.UNKNOWN},
    PaymentState.UNKNOWN: _KNOWN,
    PaymentState.AUTHORISED: frozenset(
        {PaymentState.CAPTURED, PaymentState.REFUNDED, PaymentState.VOIDED, PaymentState.EXPIRED}
    ),
    PaymentState.CAPTURED: frozenset({PaymentState.REFUNDED}),
    PaymentState.REFUNDED: frozenset(),
    PaymentState.VOIDED: frozenset(),
    PaymentState.DECLINED: frozenset(),
    PaymentState.EXPIRED: frozenset(),
}
"""What a payment may become. A state may be passed unseen: the answer that told of it can be lost."""

WITHOUT_ROOM: Final = frozenset({State.FAILED, State.EXPIRED, State.CANCELLED})
"""The states in which a booking has given its nights back."""

UNAMBIGUOUS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits that nobody mixes up: without 0 and O, 1, I and L."""

CODE_LENGTH: Final = 8


class NotCancellable(Refusal):
    """A booking that can not be cancelled, or not any more."""

    reason = "NOT_CANCELLABLE"


class PaymentDeclined(Refusal):
    """The bank refused the payment, so that nothing was booked."""

    reason = "PAYMENT_DECLINED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """The person who checks in.

    `family_name` is empty for people with a single name, `language_code` (BCP 47) for those who do not say in which
    language to write to them.
    """

    given_name: str
    family_name: str
    email: str
    language_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What the guest pays: the total in the currency's smallest unit, and the lines as they were quoted, sealed."""

    total: int
    currency: str
    lines: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What is known of a booking's payment. `name` is empty until there is one; `refunded` is in smallest units."""

    state: PaymentState = PaymentState.NONE
    name: str = ""
    refunded: int = 0
    decline_code: str = ""

    @property
    def is_known(self) -> bool:
        """Whether the bank has ever said what it did."""
        return self.state in _KNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A stay that was booked, or that somebody tried to book. `revision` counts its versions from 1."""

    name: str
    user: str
    hotel: str
    room_type: str
    stay: Stay
    time_zone: str
    guests: int
    lead_guest: Guest
    price: Price
    create_time: datetime
    update_time: datetime
    state: State = State.PENDING
    payment: Payment = Payment()
    confirmation_code: str = ""
    revision: int = 1

    @property
    def has_room(self) -> bool:
        """Whether the nights of the stay are this booking's."""
        return self.state not in WITHOUT_ROOM

    def check_paid(self) -> None:
        """Raise PaymentDeclined for a booking that failed for its payment."""
        if self.state is State.FAILED:
            raise PaymentDeclined(
                f"the payment was declined ({self.payment.decline_code}): nothing was booked and nothing charged",
                booking=self.name,
                decline_code=self.payment.decline_code,
            )

    def become(self, state: State, now: datetime) -> Booking:
        """The booking in another state. Raises ValueError for one that STATES does not allow."""
        if state not in STATES[self.state]:
            raise ValueError(f"{self.name} is {self.state.name} and can not become {state.name}")
        code = new_confirmation_code() if state is State.CONFIRMED else self.confirmation_code
        return self._changed(now, state=state, confirmation_code=code)

    def learn(self, payment: Payment, now: datetime) -> Booking:
        """The booking with what is now known of its payment, or the same booking where that is nothing new.

        Raises ValueError for a state that PAYMENT_STATES does not allow.
        """
        if payment == self.payment:
            return self
        if payment.state is not self.payment.state and payment.state not in PAYMENT_STATES[self.payment.state]:
            raise ValueError(
                f"the payment of {self.name} is {self.payment.state.name} and can not become {payment.state.name}"
            )
        return self._changed(now, payment=payment)

    def cancel(self, now: datetime) -> Booking:
        """The booking called off by its guest. Raises NotCancellable unless confirmed and before the day of arrival."""
        if self.state is not State.CONFIRMED:
            raise NotCancellable(
                f"{self.name} is {self.state.name}: only a CONFIRMED booking can be cancelled", state=self.state.name
            )
        if now >= self.stay.begins(self.time_zone):
            raise NotCancellable(
                f"{self.name} has begun: it could be cancelled before {self.stay.check_in}, {self.time_zone} time",
                state=self.state.name,
            )
        return self.become(State.CANCELLED, now)

    def _changed(self, now: datetime, **changes: object) -> Booking:
        return replace(self, update_time=now, revision=self.revision + 1, **changes)  # type: ignore[arg-type]


def new_confirmation_code() -> str:
    """Eight letters and digits, of some 850 thousand million combinations."""
    return "".join(secrets.choice(UNAMBIGUOUS) for _ in range(CODE_LENGTH))
