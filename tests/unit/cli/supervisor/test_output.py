"""What processes write comes out line by line, with the name of who wrote it."""

from __future__ import annotations

import asyncio
import io
import json

import pytest

from clients.cli.supervisor.output import LONGEST_LINE, Output, lines_of

NAMES = ("auth", "booking.1", "booking.2")


def written(*lines: bytes, as_json: bool = False, colours: bool = False) -> list[str]:
    to = io.BytesIO()
    output = Output(to, NAMES, as_json=as_json, colours=colours)
    for line in lines:
        output.write("booking.1", line)
    return to.getvalue().decode().splitlines()


def test_people_see_who_wrote_a_line() -> None:
    assert written(b"one", b"") == ["booking.1  │ one", "booking.1  │ "]


def test_replicas_of_a_service_have_its_colour() -> None:
    to = io.BytesIO()
    output = Output(to, NAMES, as_json=False, colours=True)
    for name in NAMES:
        output.write(name, b"")
    auth, first, second = (line.partition("m")[0] for line in to.getvalue().decode().splitlines())
    assert first == second != auth


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(b'{"event":"call","ms":1}', {"event": "call", "ms": 1}, id="an object"),
        pytest.param(b"Traceback", {"event": "output", "line": "Traceback"}, id="words"),
        pytest.param(b"{}", {"event": "output", "line": "{}"}, id="an object with nothing in it"),
        pytest.param(b'{"cut', {"event": "output", "line": '{"cut'}, id="half an object"),
        pytest.param(b'"\xff\\', {"event": "output", "line": '"�\\'}, id="no text"),
    ],
)
def test_programs_get_an_object_a_line(line: bytes, expected: dict[str, object]) -> None:
    (told,) = written(line, as_json=True)
    assert json.loads(told) == {"process": "booking.1", **expected}


def test_programs_get_what_the_supervisor_says_as_an_object_too() -> None:
    to = io.BytesIO()
    Output(to, NAMES, as_json=True, colours=False).say("auth ended", level="warning", exit_code=-9)
    told = json.loads(to.getvalue())
    assert told.pop("timestamp").endswith("Z")
    assert told == {"process": "supervisor", "event": "auth ended", "level": "warning", "exit_code": -9}


def test_that_nobody_reads_ends_nothing() -> None:
    to = io.BytesIO()
    output = Output(to, NAMES, as_json=False, colours=False)
    to.close()
    output.write("auth", b"one")


@pytest.mark.parametrize(
    ("chunks", "lines"),
    [
        pytest.param([b"one\ntw", b"o\n"], [b"one", b"two"], id="cut anywhere"),
        pytest.param([b"one\n\nthree\n"], [b"one", b"", b"three"], id="an empty line"),
        pytest.param([b"one\r\n"], [b"one"], id="another end of line"),
        pytest.param([b"last"], [b"last"], id="without its end"),
        pytest.param([b"x" * 200_000 + b"\ny"], [b"x" * 200_000, b"y"], id="longer than a pipe"),
        pytest.param([b"x" * LONGEST_LINE, b"y\n"], [b"x" * LONGEST_LINE, b"y"], id="longer than any line may be"),
    ],
)
async def test_lines_are_put_together(chunks: list[bytes], lines: list[bytes]) -> None:
    stream = asyncio.StreamReader()
    for chunk in chunks:
        stream.feed_data(chunk)
    stream.feed_eof()
    assert [line async for line in lines_of(stream)] == lines
