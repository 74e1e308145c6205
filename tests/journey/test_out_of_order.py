"""Processes that start in any order, lose the registry, and lose each other: calls end in time, and go on."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import grpc
import pytest

from chassis.dates import from_date
from chassis.errors import reason_of
from chassis.kit import utc_now
from clients.cli.supervisor.ports import free_port
from innkeeper.booking.v1 import booking_pb2, booking_pb2_grpc
from tests.journey.command import COMMAND, PATIENCE, environment, innkeeper

pytestmark = pytest.mark.timeout(180)  # several processes, one after the other

DEADLINE = 1.0
"""Seconds that a caller has."""

SLACK = 0.5
"""Seconds that a busy machine may take to notice."""

SOON = 15.0
"""Seconds in which processes that are there find each other."""

EVERYBODY = ("registry", "auth", "hotels", "booking")


class Mesh:
    """Processes of a platform, each by itself, with a registry that may not be there."""

    def __init__(self, directory: Path) -> None:
        self.data_dir = directory / "data"
        self.registry = f"127.0.0.1:{free_port('127.0.0.1')}"
        self.addresses: dict[str, str] = {}
        self._log = directory / "log"
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, service: str) -> None:
        """Begins to start the process."""
        port = int(self.registry.rpartition(":")[2]) if service == "registry" else free_port("127.0.0.1")
        self.addresses[service] = f"127.0.0.1:{port}"
        settings = {"data_dir": self.data_dir, "port": port, "metrics_port": -1, "drain_seconds": 1}
        with self._log.open("ab") as log:
            self._running[service] = subprocess.Popen(
                [COMMAND, "serve", service, "--registry", self.registry],
                env=environment(settings),
                stdout=log,
                stderr=log,
            )

    def start_missing(self) -> None:
        """Has everybody run."""
        for service in EVERYBODY:
            if service not in self._running:
                self.start(service)

    def kill(self, service: str) -> None:
        process = self._running.pop(service)
        process.kill()
        process.wait(PATIENCE)

    def close(self) -> None:
        for service in [*self._running]:
            self.kill(service)

    def status(self, service: str) -> dict[str, int]:
        """What the system says of the process, such as its `Threads` and the files that it has open, by name."""
        process_id = self._running[service].pid
        lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
        threads = next(int(line.split()[1]) for line in lines if line.startswith("Threads:"))
        return {"threads": threads, "files": len([*Path(f"/proc/{process_id}/fd").iterdir()])}

    def instances(self) -> dict[str, str]:
        """Where the youngest instance of each service is; nothing where there is no registry."""
        result = innkeeper("mesh", "--json", "--address", self.registry, data_dir=self.data_dir)
        told = json.loads(result.stdout)["instances"] if result.returncode == 0 else ()
        return {instance["service"]: instance["address"] for instance in told}


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mesh]:
    """One mesh for all tests of the module, on the same data; each test has those run that it needs."""
    mesh = Mesh(tmp_path_factory.mktemp("mesh"))
    yield mesh
    mesh.close()


@contextmanager
def calling(mesh: Mesh) -> Iterator[Callable[[], str]]:
    """Asks the booking service for a quote, for which it has to ask hotels; what it says is the outcome's reason."""
    arrival = utc_now().date() + timedelta(days=30)
    request = booking_pb2.QuoteStayRequest(
        rate_plan="hotels/no-such-hotel/ratePlans/flexible",
        check_in=from_date(arrival),
        check_out=from_date(arrival + timedelta(days=2)),
        guests=2,
    )
    patient = [("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 500)]
    with grpc.insecure_channel(mesh.addresses["booking"], options=patient) as channel:
        stub = booking_pb2_grpc.BookingServiceStub(channel)

        def call() -> str:
            begun = time.monotonic()
            with pytest.raises(grpc.RpcError) as raised:
                stub.QuoteStay(request, timeout=DEADLINE)
            assert time.monotonic() - begun < DEADLINE + SLACK, "a call ends when its time is up"
            return reason_of(raised.value) or raised.value.code().name

        yield call


def until(condition: Callable[[], object], within: float = PATIENCE) -> None:
    """Wait for it; fails where it takes longer."""
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


AWAY = {"DEPENDENCY_UNAVAILABLE", "DEADLINE_EXCEEDED"}
"""How a call ends that lacks another service: the latter where the answer just missed the deadline."""

ANSWERED = "RESOURCE_NOT_FOUND"
"""How it ends where hotels has answered: it has no such hotel."""


def test_callers_may_start_long_before_those_whom_they_call(mesh: Mesh) -> None:
    mesh.close()
    mesh.start("booking")
    with calling(mesh) as call:
        until(lambda: call() == "DEPENDENCY_UNAVAILABLE")
        asked_in_vain = time.monotonic() + 6
        while time.monotonic() < asked_in_vain:
            assert call() in AWAY
        mesh.start_missing()
        until(lambda: mesh.instances().keys() == {*EVERYBODY})
        until(lambda: call() == ANSWERED, within=SOON)


def test_a_registry_that_is_killed_and_comes_back_knows_everybody_again(mesh: Mesh) -> None:
    mesh.start_missing()
    until(lambda: mesh.instances().keys() == {*EVERYBODY})
    split = ("traffic", "set", "hotels", "v2=25", "--address", mesh.registry)
    assert innkeeper(*split, data_dir=mesh.data_dir).returncode == 0
    with calling(mesh) as call:
        until(lambda: call() == ANSWERED)
        mesh.kill("registry")
        for _ in range(50):
            assert call() == ANSWERED
        mesh.kill("hotels")
        mesh.start("hotels")  # on another port, of which nobody can hear
        mesh.start("registry")
        until(lambda: mesh.addresses == mesh.instances())
        until(lambda: call() == ANSWERED, within=SOON)
    assert "v2 25 %" in innkeeper("mesh", "--address", mesh.registry, data_dir=mesh.data_dir).stdout


def test_what_is_gone_for_good_holds_nobody_up(mesh: Mesh) -> None:
    mesh.start_missing()
    with calling(mesh) as call:
        until(lambda: call() == ANSWERED)
        mesh.kill("hotels")
        until(lambda: call() in AWAY)
        before = mesh.status("booking")
        for _ in range(10):
            assert call() in AWAY
        after = mesh.status("booking")
        assert after["threads"] <= before["threads"] + 4, "nothing piles up"
        assert after["files"] <= before["files"] + 4
        mesh.start("hotels")
        until(lambda: call() == ANSWERED, within=PATIENCE)
