"""What an Envoy says of itself by its admin interface. It is played by a server with canned answers: states of an Envoy
that take long to come about."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from clients.cli.edge.admin import Admin

Answers = Mapping[str, tuple[int, str]]
LIVE = (200, "LIVE\n")


@contextmanager
def answering(path: Path, answers: Answers) -> Iterator[Admin]:
    class Handler(BaseHTTPRequestHandler):
        def address_string(self) -> str:
            return ""

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the standard library
            pass

        def do_GET(self) -> None:
            status, text = answers[self.path.partition("?")[0]]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

    with socketserver.ThreadingUnixStreamServer(str(path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield Admin(path)
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param({"/ready": LIVE, "/listeners": (200, "edge::127.0.0.1:8080\n")}, True, id="it listens"),
        pytest.param({"/ready": LIVE, "/listeners": (200, "")}, False, id="it has no listener yet"),
        pytest.param({"/ready": (503, "INITIALIZING\n")}, False, id="it waits for the registry"),
        pytest.param({"/ready": (200, "DRAINING\n")}, False, id="it leaves"),
    ],
)
def test_when_it_takes_requests(tmp_path: Path, answers: Answers, expected: bool) -> None:
    with answering(tmp_path / "admin.sock", answers) as admin:
        assert admin.is_live(1) is expected


def of(rq: int, upgrades: int, admin: int = 1) -> str:
    return (
        f"http.admin.downstream_rq_active: {admin}\n"
        f"http.edge.downstream_cx_upgrades_active: {upgrades}\n"
        f"http.edge.downstream_rq_active: {rq}\n"
        "http.redirect.downstream_rq_active: 0\n"
    )


@pytest.mark.parametrize(
    ("stats", "expected"),
    [
        pytest.param(of(0, 0), False, id="it does nothing but answer us"),
        pytest.param(of(1, 0), True, id="a request"),
        pytest.param(of(3, 3), False, id="WebSockets alone"),
        pytest.param(of(4, 3), True, id="a request beside WebSockets"),
    ],
)
def test_when_it_has_something_to_finish(tmp_path: Path, stats: str, expected: bool) -> None:
    with answering(tmp_path / "admin.sock", {"/stats": (200, stats)}) as admin:
        assert admin.is_busy() is expected


@pytest.mark.parametrize(
    "ask", [pytest.param(Admin.metrics, id="metrics"), pytest.param(Admin.drain, id="drain"), Admin.is_busy]
)
def test_one_that_is_not_there(tmp_path: Path, ask: Callable[[Admin], object]) -> None:
    with pytest.raises(OSError, match="No such file"):
        ask(Admin(tmp_path / "admin.sock"))
    assert not Admin(tmp_path / "admin.sock").is_live(1)
