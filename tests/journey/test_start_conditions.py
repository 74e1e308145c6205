"""What keeps the platform from starting is told in one line, which says what to do."""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.cli.alone import alone_on
from tests.certificates import authority, put
from tests.journey.command import Result, innkeeper

MALFORMED = [
    pytest.param({"port": "seven"}, ("INNKEEPER_PORT=seven", "whole number"), id="no number"),
    pytest.param({"port": 70_000}, ("INNKEEPER_PORT=70000", "65535"), id="no port"),
    pytest.param({"demo_hotels": -1}, ("INNKEEPER_DEMO_HOTELS=-1", "0"), id="less than nothing"),
    pytest.param({"log_level": "loud"}, ("INNKEEPER_LOG_LEVEL=loud", "'info'"), id="not one of those that there are"),
    pytest.param({"addresses": "{hotels"}, ("INNKEEPER_ADDRESSES", "JSON"), id="not JSON"),
    pytest.param({"addresses": "[1]"}, ("INNKEEPER_ADDRESSES", "JSON object"), id="JSON of another kind"),
    pytest.param(
        {"port": "seven", "log_format": "xml"}, ("INNKEEPER_PORT=seven", "INNKEEPER_LOG_FORMAT=xml"), id="two at once"
    ),
]

UNWRITABLE = [
    pytest.param(lambda tmp: tmp / "file", id="a file"),
    pytest.param(lambda tmp: tmp / "file" / "below", id="below a file"),
    pytest.param(lambda tmp: Path("/proc/innkeeper"), id="where nothing can be made"),
]

MISTAKEN = [
    pytest.param(("up", "--replicas", "users=2"), ("--replicas needs --split",), id="replicas in one process"),
    pytest.param(("up", "--split", "--replicas", "ghosts=2"), ("no service ghosts",), id="replicas of no service"),
    pytest.param(("up", "--split", "--replicas", "users"), ("SERVICE=NUMBER",), id="replicas without a number"),
    pytest.param(("fault", "set", "users", "--delay", "1s"), ("SERVICE/METHOD",), id="a fault of no method"),
    pytest.param(("traffic", "set", "users", "v2=all"), ("VARIANT=PERCENT",), id="a share in words"),
    pytest.param(("serve", "ghosts"), ("no service ghosts", "users, ", "booking"), id="a service that there is not"),
    pytest.param(("migrate", "ghosts", "users"), ("no service ghosts", "users, "), id="a database that there is not"),
    pytest.param(("serve",), ("SERVICE",), id="no service"),
    pytest.param(("uup",), ("uup",), id="a command that there is not"),
    pytest.param(("up", "--fast"), ("--fast",), id="an option that there is not"),
    pytest.param(("graph", "--format", "svg"), ("svg", "mermaid"), id="a format that there is not"),
]


def told(result: Result, *words: str) -> None:
    """The command failed as one that was given something wrong: with one line that has these words in it."""
    assert result.returncode == 2, result
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("innkeeper: ")
    assert all(word in lines[0] for word in words), lines[0]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of loopback that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the databases of this version. Tests spoil copies of it."""
    directory = tmp_path_factory.mktemp("databases") / "data"
    assert innkeeper("migrate", "users", data_dir=directory).returncode == 0
    return directory


@pytest.fixture
def data_dir(databases: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "data"
    copy.mkdir()
    (copy / "users.db").write_bytes((databases / "users.db").read_bytes())
    return copy


@pytest.mark.parametrize("how", [(), ("--split",)], ids=["together", "split"])
def test_a_data_directory_that_another_platform_has(tmp_path: Path, how: tuple[str, ...]) -> None:
    with alone_on(tmp_path):
        told(innkeeper("up", *how, data_dir=tmp_path), f"INNKEEPER_DATA_DIR={tmp_path}", "another `innkeeper up`")


def test_a_port_that_is_taken(tmp_path: Path, taken: int) -> None:
    told(innkeeper("serve", "users", data_dir=tmp_path, port=taken), f"INNKEEPER_PORT={taken}", "taken")


def test_a_port_that_is_taken_when_a_registry_is_to_listen_there(tmp_path: Path, taken: int) -> None:
    result = innkeeper("up", "--split", data_dir=tmp_path, port=taken, log_format="console")
    assert result.returncode == 2
    assert result.stdout == ""
    last = result.stderr.splitlines()[-1]
    assert last.startswith(f"innkeeper: registry: INNKEEPER_PORT={taken}: 127.0.0.1:{taken} cannot be listened on")


def test_a_registry_that_nobody_named(tmp_path: Path) -> None:
    told(innkeeper("serve", "users", data_dir=tmp_path, discovery="xds"), "INNKEEPER_REGISTRY", "INNKEEPER_DISCOVERY")


def test_a_metrics_port_that_is_taken(tmp_path: Path, taken: int) -> None:
    told(
        innkeeper("up", data_dir=tmp_path, metrics_port=taken), f"INNKEEPER_METRICS_PORT={taken}", "choose another port"
    )


@pytest.mark.parametrize("place", UNWRITABLE)
@pytest.mark.parametrize("command", [("up",), ("up", "--split"), ("migrate",)], ids=" ".join)
def test_a_data_directory_that_cannot_be_written(tmp_path: Path, place: object, command: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("not a directory")
    assert callable(place)
    directory = place(tmp_path)
    told(innkeeper(*command, data_dir=directory), f"INNKEEPER_DATA_DIR={directory}", "choose another directory")


@pytest.mark.parametrize(("settings", "words"), MALFORMED)
def test_a_setting_that_is_malformed(tmp_path: Path, settings: dict[str, object], words: tuple[str, ...]) -> None:
    told(innkeeper("up", **{"data_dir": tmp_path, **settings}), *words)


@pytest.mark.parametrize(("arguments", "words"), MISTAKEN)
def test_a_command_line_that_is_mistaken(tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    told(innkeeper(*arguments, data_dir=tmp_path / "data"), *words)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", [("serve", "users"), ("migrate", "users")], ids=" ".join)
def test_a_database_that_is_newer_than_the_code(data_dir: Path, command: tuple[str, ...]) -> None:
    with sqlite3.connect(data_dir / "users.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    told(innkeeper(*command, data_dir=data_dir), str(data_dir / "users.db"), "9999", "newer than the code")


@pytest.mark.parametrize("command", [("serve", "users"), ("migrate", "users")], ids=" ".join)
def test_a_file_that_is_no_database(data_dir: Path, command: tuple[str, ...]) -> None:
    (data_dir / "users.db").write_bytes(os.urandom(8192))
    told(innkeeper(*command, data_dir=data_dir), str(data_dir / "users.db"))


def test_a_database_file_that_is_damaged(data_dir: Path) -> None:
    file = data_dir / "users.db"
    sound = file.read_bytes()
    file.write_bytes(sound[:4096] + bytes(4096) + sound[8192:])
    told(innkeeper("serve", "users", data_dir=data_dir), str(file))


def test_a_database_that_is_older_than_the_code_and_is_to_stay(tmp_path: Path) -> None:
    result = innkeeper("serve", "users", data_dir=tmp_path, migrate_at_start="false")
    told(result, "users", "older than the code", "`innkeeper migrate`")


def test_a_secret_that_others_can_read(data_dir: Path) -> None:
    secret = data_dir / "secrets" / "stored-answers"
    secret.parent.mkdir()
    secret.write_bytes(bytes(32))
    secret.chmod(0o644)
    told(innkeeper("serve", "users", data_dir=data_dir), str(secret), "chmod 600")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.255.255.254"])
def test_an_address_that_is_not_loopback_without_tls(tmp_path: Path, host: str) -> None:
    ways_out = ("127.0.0.1", "INNKEEPER_TLS_DIR", "INNKEEPER_ALLOW_PLAINTEXT=true")
    told(innkeeper("serve", "users", data_dir=tmp_path / "data", host=host), f"INNKEEPER_HOST={host}", *ways_out)
    assert not (tmp_path / "data").exists()


def test_a_host_that_cannot_be_looked_up(tmp_path: Path) -> None:
    result = innkeeper("serve", "users", data_dir=tmp_path, host="no.such.host.invalid")
    told(result, "INNKEEPER_HOST=no.such.host.invalid", "cannot be looked up")


@pytest.mark.parametrize("command", [("serve", "users"), ("token", "--address", "127.0.0.1:1")], ids=" ".join)
def test_certificates_that_are_not_there(tmp_path: Path, command: tuple[str, ...]) -> None:
    result = innkeeper(*command, data_dir=tmp_path, tls_dir=tmp_path / "tls")
    told(result, str(tmp_path / "tls" / "tls.crt"), "is missing", "`innkeeper certs`")


def test_a_certificate_of_another_service(tmp_path: Path) -> None:
    put(tmp_path / "tls", authority(tmp_path / "ca"), ["hotels"])
    result = innkeeper("serve", "users", data_dir=tmp_path / "data", tls_dir=tmp_path / "tls")
    told(result, str(tmp_path / "tls" / "tls.crt"), "is not for users, but for hotels")


def test_a_key_that_others_can_read(tmp_path: Path) -> None:
    put(tmp_path / "tls", authority(tmp_path / "ca"), ["users"])
    (tmp_path / "tls" / "tls.key").chmod(0o644)
    result = innkeeper("serve", "users", data_dir=tmp_path / "data", tls_dir=tmp_path / "tls")
    told(result, str(tmp_path / "tls" / "tls.key"), "chmod 600")


@pytest.mark.parametrize("host", ["https://inn.example", "inn.example:7000"])
def test_a_certificate_for_what_is_no_host(tmp_path: Path, host: str) -> None:
    told(innkeeper("certs", "--out", str(tmp_path / "tls"), "--host", host), f"--host {host}", "neither")
    assert not (tmp_path / "tls").exists()
