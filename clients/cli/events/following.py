"""Follows the events of several services at once."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, cast

import grpc

from clients.cli.events.control import Logs, pass_over
from innkeeper.events.v1.events_pb2 import Event

PAUSE: Final = 1.0
"""Seconds after which a service is asked again that has gone away."""

GONE: Final = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED, grpc.StatusCode.DEADLINE_EXCEEDED})

Heard = queue.SimpleQueue[tuple[str, Event | grpc.RpcError]]
"""What the services tell, each by its name: events, or why there will be none."""


def follow(logs: Logs, aggregate: str, last: int, told: Callable[[Event], str]) -> None:
    """Print what happens in these services until Ctrl-C, each event as it is told. One that goes away is asked again.

    Raises Failure, grpc.RpcError.
    """
    heard = Heard()
    for service, log in logs.items():
        threading.Thread(target=_listen, args=(log, service, aggregate, last, heard), daemon=True).start()
    with suppress(KeyboardInterrupt):
        while True:
            service, said = heard.get()
            if isinstance(said, grpc.RpcError):
                pass_over(said, service, logs)
            else:
                print(told(said), flush=True)


def _listen(log: Any, service: str, aggregate: str, last: int, heard: Heard) -> None:
    """Puts what happens in a service into the queue, each event once."""
    after = 0
    while True:
        try:
            watch = log.WatchEvents(service=service, aggregate=aggregate, last=last, after_sequence=after)
            for event in watch:
                after = event.sequence
                heard.put((service, event))
        except grpc.RpcError as error:
            if cast(grpc.Call, error).code() not in GONE:
                heard.put((service, error))
                return
        time.sleep(PAUSE)
