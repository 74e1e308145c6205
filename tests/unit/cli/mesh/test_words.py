"""What users write of shares, times and methods."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import grpc
import pytest

from clients.cli.failure import Mistake
from clients.cli.mesh import words

GOOD = [
    pytest.param(words.delay, "500ms", timedelta(milliseconds=500), id="milliseconds"),
    pytest.param(words.delay, "1.5s", timedelta(seconds=1.5), id="seconds and parts"),
    pytest.param(words.delay, "1m", timedelta(minutes=1), id="a minute"),
    pytest.param(words.status, "UNAVAILABLE", 14, id="a status"),
    pytest.param(words.status, "deadline-exceeded", 4, id="a status as one types"),
    pytest.param(words.method, "booking/CreateBooking", ("booking", "CreateBooking"), id="a method"),
    pytest.param(words.shares, ["v2=10"], {"v2": 10}, id="a share"),
    pytest.param(words.shares, ["v2=10%", "go-1.2=0"], {"v2": 10, "go-1.2": 0}, id="shares"),
    pytest.param(words.shares, ["v2=100"], {"v2": 100}, id="all of it"),
]

BAD = [
    pytest.param(words.delay, "500", "--delay 500: must be a number with its unit", id="no unit"),
    pytest.param(words.delay, "-1s", "--delay -1s: must be", id="less than no time"),
    pytest.param(words.delay, "soon", "such as 500ms, 2s or 1m", id="a word"),
    pytest.param(words.status, "OK", "--abort OK: must be a gRPC status code: CANCELLED, ", id="no failure"),
    pytest.param(words.status, "503", "UNAVAILABLE", id="a status of HTTP"),
    pytest.param(words.method, "booking", "booking: must be SERVICE/METHOD, such as", id="a service alone"),
    pytest.param(words.method, "booking/create_booking", "must be SERVICE/METHOD", id="a name as in Python"),
    pytest.param(words.shares, ["v2"], "v2: must be VARIANT=PERCENT", id="no share"),
    pytest.param(words.shares, ["v2=ten"], "v2=ten: must be", id="a share in words"),
    pytest.param(words.shares, ["v2=101"], "with 0 to 100 percent", id="more than all"),
    pytest.param(words.shares, ["V2=10"], "V2=10: must be", id="no variant"),
    pytest.param(words.shares, ["v2=10", "v2=20"], "v2 has a share already, 10", id="twice"),
    pytest.param(words.shares, ["v1=60", "v2=50"], "add up to 110 percent", id="more than all together"),
]


@pytest.mark.parametrize(("read", "text", "meaning"), GOOD)
def test_what_it_means(read: Callable[[Any], object], text: object, meaning: object) -> None:
    assert read(text) == meaning


@pytest.mark.parametrize(("read", "text", "says"), BAD)
def test_what_is_wrong_with_it(read: Callable[[Any], object], text: object, says: str) -> None:
    with pytest.raises(Mistake, match=says):
        read(text)


def test_there_is_every_status_but_that_of_success() -> None:
    assert {code.name: code.value[0] for code in grpc.StatusCode if code is not grpc.StatusCode.OK} == words.STATUSES
