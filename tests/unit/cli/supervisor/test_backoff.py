"""A process that ends again and again is started less and less often."""

from __future__ import annotations

import pytest

from clients.cli.supervisor.backoff import Backoff


def early(backoff: Backoff) -> float:
    return backoff.pause(ran=1.0, planned=False)


def test_each_pause_is_twice_the_last_up_to_half_a_minute() -> None:
    backoff = Backoff()
    assert [early(backoff) for _ in range(9)] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


@pytest.mark.parametrize(
    ("ran", "planned"),
    [pytest.param(11.0, False, id="it ran for a while"), pytest.param(1.0, True, id="it was told to end")],
)
def test_a_good_run_begins_anew(ran: float, planned: bool) -> None:
    backoff = Backoff()
    early(backoff)
    early(backoff)
    assert backoff.pause(ran=ran, planned=planned) == 0.0
    assert early(backoff) == 0.5
