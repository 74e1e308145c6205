"""Certificates from `innkeeper certs`, and processes that call each other with them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journey.command import PATIENCE, Up, innkeeper, up


@pytest.fixture(scope="module")
def tls_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `innkeeper certs` put its certificates."""
    directory = tmp_path_factory.mktemp("certs") / "tls"
    made = innkeeper("certs", "--out", str(directory), "--host", "inn.example", "--days", "2")
    assert made.returncode == 0, made
    assert made.stdout.splitlines()[-1].split() == ["to", "use", "them", f"INNKEEPER_TLS_DIR={directory}"]
    return directory


@pytest.fixture
def platform(tmp_path: Path, tls_dir: Path) -> Iterator[Up]:
    """Two services in one process, with TLS on all addresses."""
    with up(tmp_path / "data", "serve", "auth", "users", tls_dir=tls_dir, host="0.0.0.0") as running:
        yield running


def token(data_dir: Path, address: str = "", **settings: object) -> subprocess.CompletedProcess[str]:
    return innkeeper("token", *(["--address", address] if address else []), data_dir=data_dir, **settings)


def test_commands_call_by_tls(platform: Up, tls_dir: Path) -> None:
    data_dir = platform.data_dir
    issued = token(data_dir, tls_dir=tls_dir)
    assert (issued.returncode, issued.stdout.count(".")) == (0, 2), issued
    listed = innkeeper("shell", "-c", "print(len(users.ListUsers().users))", data_dir=data_dir, tls_dir=tls_dir)
    assert listed.stdout == "0\n", listed
    plain = token(data_dir)
    assert plain.returncode == 1
    assert "without TLS: is the platform running, with no INNKEEPER_TLS_DIR?" in plain.stderr


def test_other_programs_call_by_tls(platform: Up) -> None:
    if shutil.which("grpcurl") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("grpcurl is not installed: .ci/run installs it")
        pytest.skip("not run: grpcurl is not installed")
    (said,) = (line.split() for line in platform.said if "grpcurl" in line)
    said[-2] = said[-2].replace("0.0.0.0", "127.0.0.1")
    listed = subprocess.run(said, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert "innkeeper.users.v1.UsersService" in listed.stdout.splitlines(), listed


@pytest.fixture
def registry(tmp_path: Path, tls_dir: Path) -> Iterator[Up]:
    """A registry in a process of its own, with its own certificate."""
    with up(tmp_path / "data", "serve", "registry", tls_dir=tls_dir) as running:
        yield running


def test_services_are_found_through_the_registry_by_tls(registry: Up, tls_dir: Path) -> None:
    with up(registry.data_dir, "serve", "auth", "--registry", registry.address, tls_dir=tls_dir):
        issued = token(registry.data_dir, registry.address, tls_dir=tls_dir)
    assert (issued.returncode, issued.stdout.count(".")) == (0, 2), issued


def test_who_is_not_the_service_is_not_called_where_the_registry_says_so(registry: Up, tls_dir: Path) -> None:
    join = ("--registry", registry.address)
    with (
        up(registry.data_dir, "serve", "users", *join, tls_dir=tls_dir) as users,
        up(registry.data_dir, "serve", "auth", *join, tls_dir=tls_dir, advertise=users.address),
    ):
        issued = token(registry.data_dir, registry.address, tls_dir=tls_dir)
    assert (issued.returncode, issued.stdout) == (1, "")
    assert "UNAVAILABLE" in issued.stderr
    assert "Hostname Verification Check failed" in issued.stderr
