"""An event on the command line: a line of the terminal's width, or all of it as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from clients.cli.events import told
from innkeeper.events.v1.events_pb2 import Event
from innkeeper.hotels.v1.hotel_events_pb2 import HotelChanged

SHORT = "hotels/sacher"


def changed(display_name: str) -> Event:
    event = Event(source="hotels", sequence=17, aggregate=SHORT, occur_time=datetime(2026, 11, 21, 12, tzinfo=UTC))
    event.payload.Pack(HotelChanged(listing={"hotel": {"name": SHORT, "display_name": display_name}}))
    return event


@pytest.mark.parametrize(
    ("columns", "width"),
    [pytest.param("80", 80, id="a terminal"), pytest.param(None, 120, id="none")],
)
@pytest.mark.parametrize("letter", [pytest.param("x", id="narrow letters"), pytest.param("酒", id="wide letters")])
def test_a_long_line_is_cut(monkeypatch: pytest.MonkeyPatch, columns: str | None, width: int, letter: str) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    line = told.line(changed(letter * 2000))
    assert width - 1 <= cell_len(line) <= width
    assert f" hotels #17 {SHORT} HotelChanged {{" in line
    assert line.endswith("…")


def test_a_short_line_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert told.line(changed("Sacher")).endswith('"displayName": "Sacher"}}}')


def test_json_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = json.loads(told.as_json(changed("x" * 2000)))
    assert said["payload"]["listing"]["hotel"]["displayName"] == "x" * 2000
