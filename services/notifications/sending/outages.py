"""What mails wait for together: that somebody takes them, and that those of a kind can be composed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import structlog

from services.notifications.sending.circuit import Circuit
from services.notifications.sending.tally import Tally


class Outages:
    """What is away now, as far as this process knows; says so in the log when it begins and when it ends."""

    def __init__(self, tally: Tally) -> None:
        self.transport = Circuit()
        self._kinds: dict[str, Circuit] = {}
        self._tally = tally
        self._log = structlog.get_logger().bind(logger="innkeeper.mail")

    @property
    def kinds(self) -> Collection[str]:
        """The kinds of mails that cannot be composed."""
        return self._kinds.keys()

    def kinds_to_try(self, now: datetime) -> list[str]:
        """Those of them of which one may be tried."""
        return [kind for kind, circuit in self._kinds.items() if circuit.lets_one_try(now)]

    def not_taken(self, failure: str, now: datetime) -> None:
        """No mail is taken."""
        if self.transport.closed:
            self._log.warning("mails_not_taken", failure=failure)
        self._tally.away = True
        self.transport.trip(now)

    def answered(self) -> None:
        """Whoever takes mails has said something to one."""
        if not self.transport.closed:
            self._log.info("mails_taken_again")
        self._tally.away = False
        self.transport.reset()

    def not_composed(self, kind: str, failure: str, now: datetime) -> datetime:
        """What a mail of that kind needs is away; returns until when none of the kind is tried."""
        circuit = self._kinds.setdefault(kind, Circuit())
        if circuit.closed:
            self._log.warning("mails_not_composed", kind=kind, failure=failure)
        return circuit.trip(now)

    def composed(self, kind: str) -> None:
        """A mail of that kind has what it needs."""
        if self._kinds.pop(kind, None) is not None:
            self._log.info("mails_composed_again", kind=kind)
