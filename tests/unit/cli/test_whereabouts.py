"""The address in the data directory is that of whoever was there first, for as long as they answer."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from clients.cli.failure import Failure
from clients.cli.whereabouts import Place, announced, place_on

HERE = Place(address="127.0.0.1:7000")


def test_an_address_stands_there_for_as_long_as_the_platform_runs(tmp_path: Path) -> None:
    with announced(tmp_path, HERE):
        assert place_on(tmp_path) == HERE
    with pytest.raises(Failure, match="no platform is running"):
        place_on(tmp_path)


def test_a_second_platform_leaves_the_address_of_the_first_alone(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        first = Place(address=f"127.0.0.1:{listening.getsockname()[1]}")
        with announced(tmp_path, first):
            with announced(tmp_path, HERE):
                assert place_on(tmp_path) == first
            assert place_on(tmp_path) == first
    assert not (tmp_path / "address").exists()


@pytest.mark.parametrize("left", ["127.0.0.1:1", "", "nonsense", "127.0.0.1:99999"])
def test_what_a_platform_that_was_killed_left_there_is_replaced(tmp_path: Path, left: str) -> None:
    (tmp_path / "address").write_text(f"{left}\n")
    with announced(tmp_path, HERE):
        assert place_on(tmp_path) == HERE


@pytest.mark.parametrize(
    ("place", "text"),
    [
        pytest.param(HERE, "127.0.0.1:7000", id="a platform in one process"),
        pytest.param(Place(address="127.0.0.1:7000", registry=True), "xds 127.0.0.1:7000", id="a registry"),
        pytest.param(Place(address="10.0.0.1:1,10.0.0.2:1", registry=True), "xds 10.0.0.1:1,10.0.0.2:1", id="several"),
    ],
)
def test_a_place_is_read_as_it_is_written(place: Place, text: str) -> None:
    assert str(place) == text
    assert Place.read(f"{text}\n") == place
