"""Calls to the event logs of services, as the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, cast

import grpc

from clients.cli.failure import Failure, Mistake
from clients.cli.privacy.calls import remotes
from innkeeper.events.v1 import event_log_pb2
from services.names import NAMES

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

    Raises Mistake for a service that there is not, Failure where no platform runs.
    """
    if service and service not in NAMES:
        raise Mistake(f"--service {service}: there is no such service; there are {', '.join(NAMES)}")
    with remotes(EVENT_LOG, (service,) if service else NAMES, address, SCOPES) as logs:
        yield logs


def pass_over(error: grpc.RpcError, service: str, logs: Logs) -> None:
    """Goes on with the next of several services where one has no event log. Raises the error where it says something
    else, and Failure where no other was asked for."""
    if cast(grpc.Call, error).code() not in (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNIMPLEMENTED):
        raise error
    if len(logs) == 1:
        raise Failure(f"{service} has no event log: it keeps nothing in a database")
