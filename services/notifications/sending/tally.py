"""What is counted of mails: plain numbers that become metrics when somebody asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client.registry import Collector

from services.notifications.mail import Mail, State

if TYPE_CHECKING:
    from prometheus_client.core import Metric


class Tally(Collector):
    """The mails of this process, and the backlog of all."""

    def __init__(self) -> None:
        self.backlog: tuple[int, float] = (0, 0.0)
        """How many mails are due and not sent, and for how many seconds the oldest has been; measured now and then."""

        self.away = False
        """Whether no mail was taken when it was last tried."""

        self._concluded: Counter[tuple[str, str]] = Counter()

    def count(self, mail: Mail) -> None:
        """A try has come to an end; the mail is as that left it."""
        state = "put_off" if mail.state is State.QUEUED else mail.state.lower()
        self._concluded[state, mail.failure.partition(" ")[0]] += 1

    def collect(self) -> Iterator[Metric]:
        """The metrics, for Prometheus; read by another thread."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        count, oldest = self.backlog
        yield GaugeMetricFamily("innkeeper_mails_due", "Mails that are due and not sent.", value=count)
        yield GaugeMetricFamily("innkeeper_mails_oldest_seconds", "How long the oldest of them is due.", value=oldest)
        away = GaugeMetricFamily("innkeeper_mails_not_taken", "1 while no mail is taken.", value=int(self.away))
        yield away
        tries = CounterMetricFamily(
            "innkeeper_mails", "Tries to send a mail, by how they ended and why.", labels=("state", "reason")
        )
        for labels, number in self._concluded.copy().items():
            tries.add_metric(labels, number)
        yield tries
