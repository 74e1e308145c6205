"""The steps by which a booking is settled, and which follows which: all that the saga decides.

AUTHORISE ──authorised──▶ CONFIRM ──▶ CAPTURE ──captured──▶ DONE
    ├─declined: FAILED─▶ DONE            ├─lapsed: CANCELLED─▶ DONE ──guest cancels──▶ REFUND ──refunded──▶ DONE
    │ no answer for a day: EXPIRED       │ guest cancels, or refused: CANCELLED          ▲
    └──────────────────▶ VOID ◀──────────┘                                              │
                          ├─captured after all──────────────────────────────────────────┘
                          └─voided, lapsed─▶ DONE
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from services.booking.booking import Booking, Payment, PaymentState, State

PATIENCE: Final = timedelta(hours=24)
"""How long a booking waits for its bank."""

LONGEST_PAUSE: Final = 60.0
"""Seconds between two attempts at the same step, at most."""


class Step(StrEnum):
    """What is to be done next for a booking."""

    AUTHORISE = auto()
    """Ask for the amount to be kept ready."""
    CONFIRM = auto()
    """Promise the room; asks nobody."""
    CAPTURE = auto()
    """Take the amount."""
    VOID = auto()
    """Let the amount go, if it was ever kept ready."""
    REFUND = auto()
    """Give the amount back."""
    DONE = auto()
    """Nothing, until the guest wants something else."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Where an answer leads: the next step, and what the booking becomes, where it becomes something else."""

    step: Step
    state: State | None = None


LAPSED: Final = (PaymentState.DECLINED, PaymentState.VOIDED, PaymentState.EXPIRED)
"""What a payment is that took nothing and never will."""

TURNS: Final[Mapping[Step, Mapping[PaymentState, Turn]]] = {
    Step.AUTHORISE: {
        PaymentState.AUTHORISED: Turn(Step.CONFIRM),
        PaymentState.CAPTURED: Turn(Step.CONFIRM),
        **dict.fromkeys(LAPSED, Turn(Step.DONE, State.FAILED)),
    },
    Step.CONFIRM: {
        PaymentState.NONE: Turn(Step.DONE, State.CONFIRMED),
        PaymentState.AUTHORISED: Turn(Step.CAPTURE, State.CONFIRMED),
        PaymentState.CAPTURED: Turn(Step.DONE, State.CONFIRMED),
    },
    Step.CAPTURE: {
        PaymentState.CAPTURED: Turn(Step.DONE),
        PaymentState.AUTHORISED: Turn(Step.VOID, State.CANCELLED),
        **dict.fromkeys(LAPSED, Turn(Step.DONE, State.CANCELLED)),
    },
    Step.VOID: {
        PaymentState.AUTHORISED: Turn(Step.VOID),
        PaymentState.CAPTURED: Turn(Step.REFUND),
        PaymentState.REFUNDED: Turn(Step.DONE),
        **dict.fromkeys(LAPSED, Turn(Step.DONE)),
    },
    Step.REFUND: {
        PaymentState.REFUNDED: Turn(Step.DONE),
    },
    Step.DONE: {},
}
"""For each step, what the payment turned out to be, and where that leads. Anything else is no answer."""

AFTER_CANCEL: Final[Mapping[PaymentState, Step]] = {
    PaymentState.NONE: Step.DONE,
    PaymentState.AUTHORISED: Step.VOID,
    PaymentState.CAPTURED: Step.REFUND,
}
"""How a guest who cancels gets the money back, by what the payment of a confirmed booking can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the settling of a booking has come.

    `attempts` counts those at this step that brought no answer. `card_token` is kept until the bank has answered.
    """

    step: Step
    attempts: int = 0
    card_token: str = ""

    @property
    def pause(self) -> float:
        """Seconds until the step is tried again: none for a new step, then 1, 2, 4 … up to LONGEST_PAUSE."""
        return min(2.0 ** min(self.attempts - 1, 10), LONGEST_PAUSE) if self.attempts else 0.0


def first_step(booking: Booking) -> Step:
    """What to begin with: a bank is asked for money only."""
    return Step.AUTHORISE if booking.price.total else Step.CONFIRM


def advance(booking: Booking, progress: Progress, payment: Payment | None, now: datetime) -> tuple[Booking, Progress]:
    """The booking and its progress after its step was asked for, and the payment turned out to be as it is.

    `payment` is None where nobody answered.
    """
    turn = None if payment is None else TURNS[progress.step].get(payment.state)
    if payment is None or turn is None or (turn.step is progress.step and payment == booking.payment):
        return _wait(booking, progress, payment, now)
    booking = booking.learn(payment, now)
    if turn.state is not None:
        booking = booking.become(turn.state, now)
    return booking, Progress(step=turn.step)


def _wait(booking: Booking, progress: Progress, payment: Payment | None, now: datetime) -> tuple[Booking, Progress]:
    """No answer: what was known stays true, the next attempt comes later, and after a day the nights are given back."""
    if not booking.payment.is_known:
        asked = payment or booking.payment
        booking = booking.learn(replace(asked, state=PaymentState.UNKNOWN), now)
    if progress.step is Step.AUTHORISE and now - booking.create_time > PATIENCE:
        return booking.become(State.EXPIRED, now), replace(progress, step=Step.VOID, attempts=0)
    return booking, replace(progress, attempts=progress.attempts + 1)


def request_id(booking: str, verb: str) -> str:
    """The key of a command to the payments service: the same at every attempt, by whichever instance."""
    return str(uuid5(NAMESPACE_URL, f"//innkeeper.dev/{booking}:{verb}"))
