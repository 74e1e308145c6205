"""A log line is one JSON object that names its trace and holds nothing personal."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import structlog

from chassis.context import Principal
from chassis.observability.logs import lines_writer, set_up_logs
from chassis.observability.trace import Trace
from chassis.settings import Settings
from innkeeper.users.v1.users_pb2 import User
from tests.conftest import FAST
from tests.unit.chassis.calls import call, in_hand

ADA = User(name="users/ada", given_name="Ada", email="ada@example.org")

Lines = Callable[..., Callable[[], list[Any]]]


@pytest.fixture
def logging_to(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """Sets up logs with these settings, and gives what reads the lines written since."""
    written = io.BytesIO()

    def start(**settings: Any) -> Callable[[], list[Any]]:
        monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(written, write_through=True))
        set_up_logs(Settings.read(**settings))
        return lambda: [json.loads(line) for line in written.getvalue().decode().splitlines()]

    yield start
    monkeypatch.undo()
    set_up_logs(Settings.read(**FAST))


def test_a_line_is_one_object(logging_to: Lines) -> None:
    lines = logging_to(log_format="json")
    structlog.get_logger().bind(logger="innkeeper.toy").info("wound", turns=3, who='"Ada"\nLovelace')
    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "wound",
        "level": "info",
        "logger": "innkeeper.toy",
        "turns": 3,
        "who": '"Ada"\nLovelace',
    }


def test_a_line_of_a_call_names_its_trace(logging_to: Lines) -> None:
    lines = logging_to(log_format="json")
    with in_hand(call(trace=Trace(255, 1, True))):
        structlog.get_logger().info("wound")
    structlog.get_logger().info("unwound")
    assert [line.get("trace_id") for line in lines()] == [f"{'0' * 30}ff", None]


def test_a_message_in_a_line_is_redacted(logging_to: Lines) -> None:
    lines = logging_to(log_format="json")
    structlog.get_logger().info("seen", request=ADA, others=[ADA])
    (line,) = lines()
    assert line["request"]["name"] == "users/ada"
    assert "ada@example.org" not in str(line)


def test_a_defect_is_told_with_its_traceback_and_without_personal_data(logging_to: Lines) -> None:
    lines = logging_to(log_format="json")
    try:
        raise RuntimeError("the spring broke")
    except RuntimeError:
        structlog.get_logger().exception("defect", request=ADA)
    (line,) = lines()
    assert "RuntimeError: the spring broke" in line["exception"]
    assert "test_logs.py" in line["exception"]
    assert "ada@example.org" not in str(line)


def test_what_libraries_log_is_told_the_same_way(logging_to: Lines) -> None:
    lines = logging_to(log_format="json")
    try:
        raise OSError("gone")
    except OSError:
        logging.getLogger("grpc").warning("lost %s", "connection", exc_info=True)
    logging.getLogger("grpc").info("connected")
    (line,) = lines()
    assert (line["level"], line["logger"], line["message"]) == ("warning", "grpc", "lost connection")
    assert "OSError: gone" in line["exception"]


@pytest.mark.parametrize(
    ("level", "told"),
    [("debug", ["d", "i", "w", "e"]), ("info", ["i", "w", "e"]), ("warning", ["w", "e"]), ("error", ["e"])],
)
def test_what_is_below_the_level_is_not_told(logging_to: Lines, level: str, told: list[str]) -> None:
    lines = logging_to(log_format="json", log_level=level)
    log = structlog.get_logger()
    log.debug("d")
    log.info("i")
    log.warning("w")
    log.error("e")
    assert [line["event"] for line in lines()] == told


def test_what_json_has_no_form_for(logging_to: Lines) -> None:
    lines = logging_to(log_format="json")
    structlog.get_logger().info("called", by=Principal(subject="users/ada"), count=lines)
    structlog.get_logger().info("called", number=2**70, by_day={date(2027, 5, 1): 1}, path="broken \udcff")
    assert [line["event"] for line in lines()] == ["called", "called"]


def test_lines_for_people(logging_to: Lines) -> None:
    logging_to(log_format="console")
    written: Any = sys.stderr
    structlog.get_logger().info("wound", request=ADA)
    text = written.buffer.getvalue().decode()
    assert "wound" in text
    assert "ada@example.org" not in text


def test_programs_read_json_where_nothing_else_is_said(logging_to: Lines) -> None:
    lines = logging_to()
    structlog.get_logger().info("wound")
    lines_writer(Settings.read())([{"event": "call"}])
    assert [line["event"] for line in lines()] == ["wound", "call"]


def test_several_lines_at_once(logging_to: Lines) -> None:
    lines = logging_to(log_format="json")
    lines_writer(Settings.read(log_format="json"))([{"event": "call", "ms": 1.5}, {"event": "call", "ms": 2}])
    assert [line["ms"] for line in lines()] == [1.5, 2]


def test_no_lines_of_calls_above_their_level(logging_to: Lines) -> None:
    lines = logging_to(log_format="json")
    lines_writer(Settings.read(log_format="json", log_level="warning"))([{"event": "call"}])
    assert lines() == []
