"""The admin interface of an Envoy, on a Unix socket that nobody but its owner may open."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ANSWERED_WITHIN = 2.0
"""Seconds."""


class Admin:
    """What is asked of an Envoy. Each call waits for its answer, and raises OSError where there is none."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)

    def is_live(self, listeners: int) -> bool:
        """Whether it has had its configuration, and listens on so many addresses."""
        try:
            if self._asked("GET", "/ready").strip() != b"LIVE":
                return False
            return len(self._asked("GET", "/listeners").splitlines()) >= listeners
        except OSError:
            return False

    def metrics(self) -> bytes:
        """For Prometheus, of what has happened so far; all names begin with `envoy_`."""
        return self._asked("GET", "/stats/prometheus?usedonly")

    def drain(self) -> None:
        """Have it tell clients to come no more by the connections that they have, and take no new ones."""
        self._asked("POST", "/healthcheck/fail")
        self._asked("POST", "/drain_listeners")

    def is_busy(self) -> bool:
        """Whether there are requests that are not answered yet. Upgraded connections (WebSocket) have no end to wait
        for: they do not count."""
        gauges = _numbers(self._asked("GET", r"/stats?filter=^http\..*downstream_(rq_active|cx_upgrades_active)$"))
        ours = {name: value for name, value in gauges.items() if not name.startswith("http.admin.")}
        requests = sum(value for name, value in ours.items() if name.endswith("rq_active"))
        return requests > sum(ours.values()) - requests

    def _asked(self, method: str, path: str) -> bytes:
        connection = _OverUnixSocket(self._path)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            body = answer.read()
        except HTTPException as error:
            raise OSError(f"{path}: {error!r}") from None
        finally:
            connection.close()
        if answer.status >= 500:  # such as /ready, of one that has no configuration yet
            raise OSError(f"{path}: {answer.status}")
        return body


class _OverUnixSocket(HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("envoy", timeout=ANSWERED_WITHIN)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _numbers(text: bytes) -> Mapping[str, int]:
    pairs = (line.rpartition(": ") for line in text.decode().splitlines())
    return {name: int(number) for name, _, number in pairs}
