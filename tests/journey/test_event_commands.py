"""`innkeeper events`: what happens is shown, and what could not take effect is found and tried again."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.journey.command import COMMAND, Up, environment, innkeeper, up

FROM_THE_FUTURE = "innkeeper.hotels.v2.HotelChanged"
PATIENCE = 20.0


def happen(data_dir: Path, kind: str, count: int) -> None:
    """Events of a service that nobody runs, as a later version of it would record them."""
    row = (
        "INSERT INTO outbox (id, aggregate, occur_time, traceparent, type, payload) VALUES (?, ?, datetime(), '', ?, ?)"
    )
    with closing(sqlite3.connect(data_dir / "hotels.db")) as database, database:
        for _ in range(count):
            database.execute(row, (str(uuid.uuid4()), "hotels/tomorrow", kind, b""))


@pytest.fixture(scope="module")
def platform(after_first_start: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    data_dir = Path(shutil.copytree(after_first_start, tmp_path_factory.mktemp("events") / "data"))
    happen(data_dir, FROM_THE_FUTURE, 2)
    with up(data_dir, demo_hotels=0) as running:
        yield running


def letters(platform: Up, *arguments: str) -> list[dict[str, object]]:
    shown = innkeeper("events", "dead", "--json", *arguments, data_dir=platform.data_dir)
    assert shown.returncode == 0, shown.stderr
    return [json.loads(line) for line in shown.stdout.splitlines()]


def test_what_cannot_take_effect_is_found_and_tried_again(platform: Up) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(found := letters(platform)) < 4:
        assert time.monotonic() < deadline, found
    assert {(letter["subscriber"], letter["reason"]) for letter in found} == {
        (subscriber, f"DEAD_LETTER_REASON_{reason}")
        for subscriber in ("booking", "search")
        for reason in ("UNKNOWN_VERSION", "BEHIND")
    }
    assert letters(platform, "--aggregate", "hotels/yesterday") == []

    table = innkeeper("events", "dead", "--service", "search", data_dir=platform.data_dir)
    assert table.returncode == 0
    head, first, second = table.stdout.splitlines()
    assert head.split()[:4] == ["for", "from", "number", "aggregate"]
    assert "unknown version" in first
    assert "behind" in second

    again = innkeeper("events", "redrive", "--service", "search", data_dir=platform.data_dir)
    assert again.stdout == "0 took effect, 2 left\n"
    assert again.returncode == 1
    assert "innkeeper events dead" in again.stderr

    sent = innkeeper(
        "events", "replay", "--service", "hotels", "--from", "1h", "--to", "search", data_dir=platform.data_dir
    )
    assert sent.returncode == 0, sent.stderr
    assert "events are on their way" in sent.stdout
    assert len(letters(platform, "--service", "search")) == 2


@pytest.mark.parametrize(
    ("arguments", "says"), [((), "#"), (("--json",), '"payload": {"@type"')], ids=["lines", "json"]
)
def test_what_happens_is_shown(platform: Up, arguments: tuple[str, ...], says: str) -> None:
    tail = [COMMAND, "events", "tail", "--service", "hotels", "--last", "2", *arguments]
    with subprocess.Popen(
        tail, env=environment({"data_dir": platform.data_dir}), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(2)]
        process.kill()
    assert all("hotels/tomorrow" in line and says in line for line in lines)


WRONG = {
    "no such service": (("dead", "--service", "kitchen"), 2, "there is no such service"),
    "a service without a database": (("dead", "--service", "web"), 1, "web has no event log"),
    "no time": (("replay", "--service", "hotels", "--from", "yesterday"), 2, "--from yesterday: must be a time"),
}


@pytest.mark.parametrize(("arguments", "code", "says"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_done_is_told_in_one_line(
    platform: Up, arguments: tuple[str, ...], code: int, says: str
) -> None:
    failed = innkeeper("events", *arguments, data_dir=platform.data_dir)
    assert failed.returncode == code, failed
    (line,) = failed.stderr.splitlines()
    assert says in line


@pytest.mark.direct_events
def test_who_does_not_subscribe_is_sent_nothing(platform: Up) -> None:
    failed = innkeeper(
        "events", "replay", "--service", "hotels", "--from", "1d", "--to", "users", data_dir=platform.data_dir
    )
    assert (failed.returncode, "INVALID_FIELD" in failed.stderr) == (1, True), failed
