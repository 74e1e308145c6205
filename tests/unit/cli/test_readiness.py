"""Whoever started a process hears that it is ready, as systemd would."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.cli import readiness


@pytest.fixture(params=["a file", "the abstract namespace"])
def listener(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[socket.socket]:
    """What NOTIFY_SOCKET names, of either kind."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.settimeout(5)
        listening.bind(str(tmp_path / "notify") if request.param == "a file" else "")
        name = listening.getsockname()
        monkeypatch.setenv("NOTIFY_SOCKET", name if isinstance(name, str) else f"@{name[1:].decode()}")
        yield listening


def test_it_tells_that_it_is_ready_and_that_it_stops(listener: socket.socket) -> None:
    readiness.tell_ready(address="127.0.0.1:7000", metrics="127.0.0.1:7001", calls=["auth"])
    readiness.tell_stopping()
    assert listener.recv(1024).decode().splitlines() == [
        "READY=1",
        "STATUS=serving at 127.0.0.1:7000",
        "X_INNKEEPER_ADDRESS=127.0.0.1:7000",
        "X_INNKEEPER_METRICS=127.0.0.1:7001",
        "X_INNKEEPER_CALLS=auth",
    ]
    assert listener.recv(1024) == b"STOPPING=1"


@pytest.mark.parametrize("name", [pytest.param("", id="nobody asked"), pytest.param("@gone", id="they are gone")])
def test_without_anybody_to_tell_nothing_happens(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", name)
    readiness.tell_stopping()
