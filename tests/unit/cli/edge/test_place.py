"""Where the edge is to be follows from the settings, and is known to be free before anything starts."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from chassis.settings import Settings
from chassis.start_error import StartError
from clients.cli.edge.place import EdgePlace


def place(**settings: object) -> EdgePlace:
    return EdgePlace.of(Settings.read(data_dir=Path("/data"), **settings))


def test_a_port_stands_for_the_files_too() -> None:
    found = place(edge_port=8080)
    assert (found.listen, found.redirect, found.listeners) == ("127.0.0.1:8080", "", 1)
    assert found.url == "http://127.0.0.1:8080"
    assert found.configuration == Path("/data/edge/8080.json")
    assert found.admin == Path("/data/edge/8080.sock")
    assert found.ports == {"INNKEEPER_EDGE_PORT": "8080"}


def test_a_free_port_is_one_that_each_restart_is_told_again() -> None:
    found = place(edge_port=0)
    assert int(found.ports["INNKEEPER_EDGE_PORT"]) >= 10_000
    assert found.listen == f"127.0.0.1:{found.ports['INNKEEPER_EDGE_PORT']}"
    found.require_free()


def test_plain_http_is_sent_on_only_where_there_is_https() -> None:
    assert place(edge_port=8443, edge_redirect_port=8080).redirect == ""
    found = place(edge_port=8443, edge_redirect_port=8080, edge_tls_dir=Path("/tls"))
    assert (found.redirect, found.listeners) == ("127.0.0.1:8080", 2)
    assert found.url == "https://127.0.0.1:8443"
    assert found.ports == {"INNKEEPER_EDGE_PORT": "8443", "INNKEEPER_EDGE_REDIRECT_PORT": "8080"}


@pytest.mark.parametrize(
    ("host", "listen", "url"),
    [
        pytest.param("0.0.0.0", "0.0.0.0:8080", "http://127.0.0.1:8080", id="all of IPv4"),
        pytest.param("::1", "[::1]:8080", "http://[::1]:8080", id="IPv6"),
        pytest.param("[::1]", "[::1]:8080", "http://[::1]:8080", id="IPv6 in brackets"),
        pytest.param("::", "[::]:8080", "http://[::1]:8080", id="all of IPv6"),
    ],
)
def test_how_an_address_is_called_from_this_machine(host: str, listen: str, url: str) -> None:
    found = place(edge_host=host, edge_port=8080, allow_plaintext=True)
    assert (found.listen, found.url) == (listen, url)


def test_a_name_is_looked_up_as_envoy_does_not() -> None:
    assert place(edge_host="localhost", edge_port=8080).listen in ("127.0.0.1:8080", "[::1]:8080")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        pytest.param({"edge_port": -1}, ["INNKEEPER_EDGE_PORT=-1: "], id="none"),
        pytest.param({"edge_host": "0.0.0.0"}, ["INNKEEPER_EDGE_HOST=0.0.0.0: ", "INNKEEPER_EDGE_TLS_DIR"], id="open"),
        pytest.param({"edge_host": "no.such.host.invalid"}, ["INNKEEPER_EDGE_HOST=", "looked up"], id="unknown"),
    ],
)
def test_a_place_that_it_cannot_have(settings: dict[str, object], words: list[str]) -> None:
    with pytest.raises(StartError) as raised:
        place(**settings)
    assert all(word in str(raised.value) for word in words)


@pytest.mark.parametrize("setting", ["edge_port", "edge_redirect_port"])
def test_a_port_that_somebody_has(setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        ports = {"edge_port": 0, "edge_redirect_port": 0, setting: server.getsockname()[1]}
        with pytest.raises(StartError, match=rf"INNKEEPER_{setting.upper()}=\d+: .*Address already in use"):
            place(edge_tls_dir=Path("/tls"), **ports).require_free()


def test_the_path_of_a_socket_is_no_longer_than_it_can_be() -> None:
    deep = EdgePlace.of(Settings.read(data_dir=Path("/data") / ("deep" * 30), edge_port=8080))
    assert len(str(deep.admin)) <= 107
    assert deep.admin.name.endswith("8080.sock")
