"""What each process of a split platform is started with."""

from __future__ import annotations

import pytest

from chassis.settings import Settings
from clients.cli.supervisor.environment import environment, registry_place
from clients.cli.supervisor.replicas import Replica

INHERITED = {
    "PATH": "/bin",
    "INNKEEPER_DATA_DIR": "here",
    "INNKEEPER_PORT": "7000",
    "INNKEEPER_ADVERTISE": "10.0.0.1:7000",
    "FORCE_COLOR": "1",
}


def of(service: str, settings: Settings, *, colours: bool = False) -> dict[str, str]:
    return environment(
        Replica(service=service),
        INHERITED,
        settings=settings,
        registry="127.0.0.1:7000",
        notify_socket="@00001",
        supervisor=42,
        log_format="json",
        colours=colours,
    )


def test_a_service_takes_free_ports_and_asks_the_registry() -> None:
    assert of("booking", Settings(port=7000, metrics_port=7001)) == {
        "PATH": "/bin",
        "INNKEEPER_DATA_DIR": "here",
        "INNKEEPER_PORT": "0",
        "INNKEEPER_METRICS_PORT": "0",
        "INNKEEPER_DISCOVERY": "xds",
        "INNKEEPER_REGISTRY": "127.0.0.1:7000",
        "INNKEEPER_LOG_FORMAT": "json",
        "INNKEEPER_SUPERVISOR": "42",
        "NOTIFY_SOCKET": "@00001",
    }


def test_the_registry_has_the_port_of_the_settings_and_the_supervisor_that_of_metrics() -> None:
    chosen = of("registry", Settings(port=7000, metrics_port=7001))
    assert (chosen["INNKEEPER_PORT"], chosen["INNKEEPER_METRICS_PORT"]) == ("7000", "0")


@pytest.mark.parametrize("service", ["registry", "booking"])
def test_nobody_serves_metrics_where_nobody_is_to(service: str) -> None:
    assert of(service, Settings(metrics_port=-1))["INNKEEPER_METRICS_PORT"] == "-1"


def test_lines_for_a_terminal_have_colours() -> None:
    assert of("booking", Settings(), colours=True)["FORCE_COLOR"] == "1"


def test_the_registry_listens_where_the_settings_say() -> None:
    assert registry_place(Settings(host="127.0.0.1", port=7000)) == "127.0.0.1:7000"
    host, _, port = registry_place(Settings(host="127.0.0.1", port=0)).rpartition(":")
    assert host == "127.0.0.1"
    assert int(port) > 0
