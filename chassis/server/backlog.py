"""Calls that have come and that nobody has looked at yet.

A busy event loop takes up fewer calls than come, one in each turn. gRPC keeps the others where no interceptor sees
them, and their time runs. gRPC itself knows how many calls have come (channelz), and each that is taken up is looked up
among the handlers: what is between the two waits.
"""

from __future__ import annotations

import time
from typing import Any

import grpc
from grpc_channelz.v1.channelz import ChannelzServicer
from grpc_channelz.v1.channelz_pb2 import GetServerRequest, GetServersRequest

CHANNELZ: Any = ChannelzServicer
"""Asked directly, without a call, and so without the context that a call has."""

FRESH = 0.02
"""Seconds for which gRPC is not asked again: asking takes as long as a refusal."""


class Backlog(grpc.GenericRpcHandler):
    """Counts the calls of one server as they are taken up; to be its first handler, which handles nothing.

    Made directly after the server, as the newest one of the process is its own.
    """

    def __init__(self) -> None:
        self.taken_up = 0
        self._server_id = _newest_server()
        self._came = 0
        self._asked = 0.0
        self._ended = False

    def service(self, handler_call_details: Any) -> None:
        """Counts the call, and leaves it to the handlers behind."""
        self.taken_up += 1

    def end(self) -> None:
        """The server stops: none is to wait any more, and soon gRPC does not know of the server."""
        self._ended = True

    def waiting(self) -> int:
        """How many calls wait, as far as gRPC told within the last fiftieth of a second; none of one that stops."""
        if self._ended:
            return 0
        now = time.monotonic()
        if now - self._asked > FRESH:
            self._asked = now
            self._came = CHANNELZ.GetServer(GetServerRequest(server_id=self._server_id), None).server.data.calls_started
        return max(self._came - self.taken_up, 0)


def _newest_server() -> int:
    newest: int = 0
    while True:
        page = CHANNELZ.GetServers(GetServersRequest(start_server_id=newest + 1), None)
        newest = max(newest, *(int(server.ref.server_id) for server in page.server), 0)
        if page.end:
            return newest
