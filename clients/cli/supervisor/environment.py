"""What each process is started with."""

from __future__ import annotations

from collections.abc import Mapping

from chassis.addresses import joined, nearby
from chassis.settings import PREFIX, Settings
from clients.cli.lifeline import SUPERVISOR
from clients.cli.readiness import VARIABLE as NOTIFY_SOCKET
from clients.cli.supervisor.ports import free_port
from clients.cli.supervisor.replicas import REGISTRY, Replica


def registry_place(settings: Settings) -> str:
    """Where the registry is to listen and to be called; a free port where the settings leave that open."""
    port = settings.port or free_port(settings.host)
    return joined(nearby(settings.host), port)


def environment(
    replica: Replica,
    inherited: Mapping[str, str],
    *,
    settings: Settings,
    registry: str,
    notify_socket: str,
    supervisor: int,
    log_format: str,
    colours: bool,
) -> dict[str, str]:
    """The environment of a process: the supervisor's own, but for where it listens and how it finds others.

    Args:
        replica: Which process it is.
        inherited: The supervisor's environment.
        settings: The supervisor's settings. Its port is the registry's; all others take free ones, and so do the
            metrics of all, which the supervisor joins at its own.
        registry: Where the registry listens.
        notify_socket: Where the process tells that it is ready.
        supervisor: The supervisor's process id.
        log_format: `json` or `console`.
        colours: Whether lines for people have colours.
    """
    is_registry = replica.service == REGISTRY
    chosen = {
        "PORT": registry.rpartition(":")[2] if is_registry else "0",
        "METRICS_PORT": str(min(settings.metrics_port, 0)),
        "DISCOVERY": "xds",
        "REGISTRY": registry,
        "LOG_FORMAT": log_format,
    }
    for name in (f"{PREFIX}ADVERTISE", "FORCE_COLOR"):  # the one is of a single process, the other decided here
        inherited = {key: value for key, value in inherited.items() if key != name}
    return {
        **inherited,
        **{f"{PREFIX}{name}": value for name, value in chosen.items()},
        **({"FORCE_COLOR": "1"} if colours else {}),
        NOTIFY_SOCKET: notify_socket,
        SUPERVISOR: str(supervisor),
    }
