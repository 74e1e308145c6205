"""Bookings whose changes are logged."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chassis.storage.session import Session
from services.booking import event_log, store
from services.booking.booking import Booking
from tests.unit.booking.examples import NOW, booking


def made(session: Session, name: str, user: str = "users/ada", at: datetime = NOW) -> Booking:
    """A new booking of that user."""
    new = replace(booking(name=name), user=user, update_time=at)
    store.add(session, new)
    event_log.append(session, None, new)
    return new


def changed(session: Session, name: str, at: datetime = NOW) -> Booking:
    """The booking of that name, after something about its payment has changed."""
    before = store.get(session, name)
    after = replace(before, revision=before.revision + 1, update_time=at)
    store.put(session, after)
    event_log.append(session, before, after)
    return after
