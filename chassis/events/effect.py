"""Gives an event its effect with one subscriber: all of it, or none and the reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from google.protobuf.message import DecodeError
from sqlalchemy.exc import DBAPIError

from chassis.events.failure import Failure, failed
from chassis.events.unfit import Unfit, told
from chassis.observability.trace import Trace
from chassis.observability.tracing import Tracing
from chassis.refusal import InvalidFields
from chassis.service import Subscription
from chassis.storage.outage import cause_of
from chassis.storage.session import Session
from chassis.validation import check
from innkeeper.events.v1.event_log_pb2 import (
    DEAD_LETTER_REASON_INVALID,
    DEAD_LETTER_REASON_UNKNOWN_VERSION,
    DEAD_LETTER_REASON_UNREADABLE,
)
from innkeeper.events.v1.events_pb2 import Event

_VERSION: Final = re.compile(r"\.v[0-9]+[a-z0-9]*\.")
"""The version in the name of a package, such as that of `innkeeper.booking.v1.BookingConfirmed`."""


class Effects:
    """What a service does when something happens elsewhere.

    Args:
        subscriber: The service.
        subscriptions: What it does, by the type of the event.
        tracing: Continues the trace of each event.
    """

    def __init__(self, subscriber: str, subscriptions: Sequence[Subscription], tracing: Tracing) -> None:
        self._subscriber = subscriber
        self._tracing = tracing
        self._by_type = {entry.payload.DESCRIPTOR.full_name: entry for entry in subscriptions}
        self._of_any_version = {_unversioned(name): name for name in self._by_type}

    def wants(self, event: Event) -> bool:
        """Whether the service subscribes to that type, be it in another version."""
        name = event.payload.TypeName()
        return name in self._by_type or _unversioned(name) in self._of_any_version

    def give(self, session: Session, event: Event) -> Failure | None:
        """Gives the event its effect in a savepoint; what failed, where it did.

        Raises DBAPIError where the database cannot work: no event is to blame for that.
        """
        try:
            subscription, payload = self._read(event)
        except Unfit as unfit:
            return Failure(unfit.reason, unfit.detail)
        info = dict(session.info)
        parent = Trace.parse(event.traceparent) if event.traceparent else None
        trace, span = self._tracing.begin(f"{self._subscriber} {event.payload.TypeName()}", "CONSUMER", parent)
        session.info["traceparent"] = trace.traceparent
        run = session.connection().exec_driver_sql
        run("SAVEPOINT event")
        try:
            subscription.handle(session, event, payload)
            run("RELEASE SAVEPOINT event")  # refused where a handler goes on after an error of the database
        except Exception as error:
            if isinstance(error, DBAPIError) and (error.connection_invalidated or cause_of(error) is not None):
                raise
            run("ROLLBACK TO SAVEPOINT event")
            session.info.clear()  # such as that a lock is held, which went with the savepoint
            session.info.update(info)
            if span is not None:
                span.set_attribute("error.type", type(error).__name__)
            return failed(told(error))
        finally:
            if span is not None:
                span.end()
        session.info["traceparent"] = info.get("traceparent", "")
        return None

    def _read(self, event: Event) -> tuple[Subscription, Any]:
        """What to do, and with what. Raises Unfit."""
        name = event.payload.TypeName()
        subscription = self._by_type.get(name)
        if subscription is None:
            known = self._of_any_version.get(_unversioned(name))
            if known is None:
                raise Unfit(DEAD_LETTER_REASON_UNREADABLE, f"it is no event that {self._subscriber} subscribes to")
            raise Unfit(DEAD_LETTER_REASON_UNKNOWN_VERSION, f"{name}: {self._subscriber} knows {known}")
        try:
            payload = subscription.payload.FromString(event.payload.value)
        except DecodeError:
            raise Unfit(DEAD_LETTER_REASON_UNREADABLE, f"the payload cannot be read as {name}") from None
        try:
            check(payload)
        except InvalidFields as invalid:
            raise Unfit(DEAD_LETTER_REASON_INVALID, invalid.message) from None
        return subscription, payload


def _unversioned(name: str) -> str:
    return _VERSION.sub(".", name, count=1)
