"""Which mails there had to be, by what happened to bookings, and which a mail server has taken."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from drills.mail_server import MailServer
from innkeeper.booking.v1.booking_events_pb2 import BookingConfirmed

TO_GUEST, TO_HOTEL = "booking-confirmed", "hotel-booked"
"""The kinds of mails that every confirmed booking makes, where its hotel has an address."""


class Deliveries:
    """The mails of a platform.

    Args:
        data_dir: Where the databases of the platform are.
        server: Takes its mails.
    """

    def __init__(self, data_dir: Path, server: MailServer) -> None:
        self._data_dir = data_dir
        self._server = server

    def missing(self) -> int:
        """How many of the mails about confirmed bookings the server has not taken."""
        taken = {mail["message_id"] for mail in self._server.received()}
        return sum(message_id not in taken for _, message_id in self._expected())

    def queued(self) -> int:
        """How many mails are due and not sent."""
        due = "SELECT count(*) FROM mails WHERE state = 'QUEUED' AND julianday(due_time) <= julianday('now')"
        return int(self._rows("notifications", due)[0][0])

    def figures(self) -> dict[str, float]:
        """`bookings`, `mails`, `missing`, `twice`, `without_receipt`."""
        taken = self._server.received()
        expected = self._expected()
        to_guests = {message_id for kind, message_id in expected if kind == TO_GUEST}
        times = Counter(mail["message_id"] for mail in taken)
        return {
            "bookings": len(expected) // 2,
            "mails": len(times),
            "missing": self.missing(),
            "twice": times.total() - len(times),
            "without_receipt": sum(mail["message_id"] in to_guests and not mail["pdfs"] for mail in taken),
        }

    def _expected(self) -> list[tuple[str, str]]:
        """Kind and `Message-ID` of the two mails of each confirmed booking; a mail that was never queued has none."""
        queued = {
            (event, kind): message_id
            for event, kind, message_id in self._rows("notifications", "SELECT event, kind, message_id FROM mails")
        }
        confirmed = self._rows("booking", "SELECT id FROM outbox WHERE type = ?", BookingConfirmed.DESCRIPTOR.full_name)
        return [(kind, queued.get((event, kind), "")) for (event,) in confirmed for kind in (TO_GUEST, TO_HOTEL)]

    def _rows(self, service: str, query: str, *values: str) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self._data_dir / service}.db?mode=ro", uri=True, timeout=30.0)) as found:
            return found.execute(query, values).fetchall()
