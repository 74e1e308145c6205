"""Calls to the event logs of services, as the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, cast

import grpc

from clients.cli.calls import remotes
from clients.cli.failure import Failure, Mistake
from innkeeper.events.v1 import event_log_pb2
from services.catalogue import CATALOGUE

EVENT_LOG: Final = event_log_pb2.DESCRIPTOR.services_by_name["EventLogService"]
SCOPES: Final = ("internal", "events.read", "events.write")

Logs = Mapping[str, Any]
"""Event logs by service, their RPCs as methods (see `clients.cli.prompt.remote`)."""


@contextmanager
def event_logs(service: str, address: str) -> Iterator[Logs]:
    """The event log of that service, or where it is empty of all that run, each where the service itself is.

    Args:
        service: What the user said of whose log it is, or empty.
        address: What the user said of where the platform is, or empty.

    Raises Mistake for a service that there is not, Failure for one that has none, and where no platform runs.
    """
    known = [declared.name for declared in CATALOGUE if declared.tables is not None]
    if service not in ("", *known):
        if service in {declared.name for declared in CATALOGUE}:
            raise Failure(f"{service} has no event log: it keeps nothing in a database")
        raise Mistake(f"--service {service}: there is no such service; event logs are of {', '.join(known)}")
    with remotes(EVENT_LOG, [service] if service else known, address, SCOPES) as logs:
        yield logs


def pass_over(error: grpc.RpcError, service: str, logs: Logs) -> None:
    """Goes on with the next of several services where one does not run. Raises the error where it says something else,
    and Failure where no other was asked for."""
    if cast(grpc.Call, error).code() is not grpc.StatusCode.NOT_FOUND:
        raise error
    if len(logs) == 1:
        raise Failure(f"{service} does not run there")
