"""The platform as one process a service: found through the registry, started again when killed, ended together."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from services.names import NAMES
from tests.journey.command import PATIENCE, Result, Up, innkeeper, up
from tests.transport import TRANSPORT

pytestmark = pytest.mark.timeout(180)  # several starts, each of nine processes

BOOK = """
from datetime import date, timedelta
from uuid import uuid4

email, password = f"ada-{uuid4()}@example.org", "correct horse battery"
auth.CreateAccount(account={"email": email}, password=password)
sign_in(email, password)
arrival = date.today() + timedelta(days=30)
stay = {"check_in": arrival, "check_out": arrival + timedelta(days=2), "guests": 2}
here = hotels.ListHotels(page_size=1).hotels[0].location
offer = search.SearchHotels(location=here, **stay).offers[0]
quote = booking.QuoteStay(rate_plan=offer.rate_plan, **stay)
guest = {"given_name": "Ada", "family_name": "Lovelace", "email": email}
booked = booking.CreateBooking(quote_token=quote.token, lead_guest=guest, card_token="tok_success")
print(booked.name)
"""


def until(condition: Callable[[], object]) -> None:
    """Wait for it; fails after PATIENCE."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def processes(platform: Up) -> dict[str, int]:
    """The process id of each line of the summary's first table, by its label."""
    rows = [line.split() for line in platform.said]
    table = rows[rows.index(["service", "process", "address"]) + 1 : rows.index([])]
    return {label: int(process_id) for label, process_id, _ in table}


def log_of(platform: Up) -> str:
    return (platform.data_dir.parent / f"{platform.data_dir.name}.log").read_text()


def is_running(process_id: int) -> bool:
    """Whether it is there; one that has ended and that nobody has asked for is not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process_id}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def good(result: Result) -> str:
    """What the command printed, which ended well."""
    assert result.returncode == 0, result
    return result.stdout


class Split:
    """A split platform with two booking processes, which a test may stop: the next one starts it again."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._stack = ExitStack()
        self._up: Up | None = None

    def running(self) -> Up:
        """The platform, ready."""
        if self._up is None or self._up.process.poll() is not None:
            command = ("up", "--split", "--replicas", "booking=2")
            self._up = self._stack.enter_context(up(self._data_dir, *command, demo_hotels=3))
        return self._up

    def close(self) -> None:
        self._stack.close()


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Split]:
    split = Split(tmp_path_factory.mktemp("split") / "data")
    yield split
    split.close()


@pytest.fixture
def platform(split: Split) -> Up:
    return split.running()


def test_each_service_is_a_process_and_booking_two(platform: Up) -> None:
    found = processes(platform)
    assert list(found) == [
        label for name in NAMES for label in (["booking.1", "booking.2"] if name == "booking" else [name])
    ]
    assert len(set(found.values())) == len(found)
    assert (platform.data_dir / "address").read_text() == f"xds {platform.address}\n"


def test_a_booking_goes_through_all_of_them(platform: Up) -> None:
    assert good(innkeeper("shell", "-c", BOOK, data_dir=platform.data_dir)).startswith("bookings/")


def test_one_that_is_killed_is_started_again_and_calls_go_on(platform: Up) -> None:
    os.kill(processes(platform)["hotels"], signal.SIGKILL)
    until(lambda: '"hotels is ready again"' in log_of(platform))
    assert good(innkeeper("shell", "-c", BOOK, data_dir=platform.data_dir)).startswith("bookings/")
    assert '"hotels ended (SIGKILL); starts again' in log_of(platform)


def test_the_registry_comes_back_where_it_was(platform: Up) -> None:
    os.kill(processes(platform)["registry"], signal.SIGKILL)
    until(lambda: '"registry is ready again"' in log_of(platform))
    until(lambda: innkeeper("mesh", data_dir=platform.data_dir).returncode == 0)


def test_the_mesh_is_shown_and_steered(platform: Up) -> None:
    here = {"data_dir": platform.data_dir}
    assert good(innkeeper("traffic", "set", "users", "v2=10", **here)) == "users: v2 10 %, others 90 %\n"
    slow = ("fault", "set", "users/ListUsers", "--delay", "1ms", "--share", "20")
    assert good(innkeeper(*slow, **here)) == "users/ListUsers: 20 % delayed by 0.001 s\n"
    assert good(innkeeper("limits", "set", "users", "50", **here)) == "users: 50 calls in flight from one client\n"
    shown = good(innkeeper("mesh", **here))
    for words in ("v2 10 %, others 90 %", "users/ListUsers", "50 calls in flight", "127.0.0.1:"):
        assert words in shown
    told = json.loads(good(innkeeper("mesh", "--json", **here)))
    assert {instance["service"] for instance in told["instances"]} == set(NAMES)
    assert good(innkeeper("fault", "clear", "users/ListUsers", **here)) == "users/ListUsers: none\n"
    assert good(innkeeper("traffic", "clear", "users", **here)) == "users: evenly over all instances\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(("traffic", "set", "serach", "v2=10"), "SERVICE_UNKNOWN", id="a service that there is not"),
        pytest.param(("fault", "set", "users/Find", "--delay", "1s"), "GetUser", id="a method that there is not"),
    ],
)
def test_what_the_registry_does_not_know(platform: Up, arguments: tuple[str, ...], says: str) -> None:
    result = innkeeper(*arguments, data_dir=platform.data_dir)
    assert result.returncode == 1
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_events_are_looked_at_where_their_service_is(platform: Up) -> None:
    here = {"data_dir": platform.data_dir}
    assert good(innkeeper("events", "dead", **here)) == "no dead letters\n"
    assert good(innkeeper("events", "redrive", **here)) == "0 took effect, 0 left\n"
    sent = good(innkeeper("events", "replay", "--service", "hotels", "--from", "#1", **here))
    for told in ("booking", "search") if TRANSPORT.broker is None else ("broker",):
        assert f"{told}: 3 events are on their way\n" in sent


def test_a_person_is_exported_and_erased_by_each(platform: Up) -> None:
    here: dict[str, Any] = {"data_dir": platform.data_dir}
    made = 'print(users.CreateUser(user={"given_name": "Bob", "email": "bob@example.org"}, user_id="bob").name)'
    assert good(innkeeper("shell", "-c", made, **here)) == "users/bob\n"
    archive = json.loads(good(innkeeper("export", "bob", "--output", "-", **here)))
    assert archive["services"]["users"]["users"][0]["givenName"] == "Bob"
    assert {"auth", "booking", "payments"} <= archive["services"].keys()
    good(innkeeper("shell", "-c", 'users.DeleteUser(name="users/bob")', **here))
    assert "PENDING" not in good(innkeeper("erasure", "status", "bob", "--wait", **here))


def test_another_version_joins_and_leaves(platform: Up) -> None:
    def variants() -> set[str]:
        told = json.loads(good(innkeeper("mesh", "--json", "--address", platform.address, data_dir=platform.data_dir)))
        return {instance["variant"] for instance in told["instances"] if instance["service"] == "users"}

    joining = ("serve", "users", "--registry", platform.address, "--variant", "v2")
    with up(platform.data_dir, *joining, port=None, metrics_port=None) as joined:
        assert not joined.address.endswith(":7000")  # that is where a platform is expected, not who joins one
        until(lambda: variants() == {"v1", "v2"})
        assert joined.stop() == 0
    assert variants() == {"v1"}


def test_all_end_when_told_to_and_go_on_with_what_they_left(platform: Up, split: Split) -> None:
    booked = good(innkeeper("shell", "-c", BOOK, data_dir=platform.data_dir)).strip()
    logged = len(log_of(platform))
    assert platform.stop() == 0
    assert not [label for label, process_id in processes(platform).items() if is_running(process_id)]
    assert not (platform.data_dir / "address").exists()
    assert " killed" not in log_of(platform)[logged:], "each of them ended by itself"
    again = split.running()
    code = f"booking.GetBooking(name={booked!r}).name"
    assert good(innkeeper("shell", "-c", code, data_dir=again.data_dir)).strip() == booked


def test_nobody_outlives_a_supervisor_that_is_killed(platform: Up) -> None:
    platform.process.kill()
    platform.process.wait(PATIENCE)
    until(lambda: not any(map(is_running, processes(platform).values())))
