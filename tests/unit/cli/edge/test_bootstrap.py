"""What an Envoy is started with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clients.cli.edge.bootstrap import CLUSTER, bootstrap
from tests.certificates import authority, put


def said(**options: Any) -> Any:
    usual = {"registries": "10.0.0.1:7000", "listen": "127.0.0.1:8080", "admin": Path("/run/admin.sock")}
    return json.loads(bootstrap(**{**usual, **options}))


def test_the_node_says_what_the_registry_has_to_know() -> None:
    node = said(node_id="edge-1", redirect="127.0.0.1:8081", edge_tls_dir=Path("/tls"), access_log="json")["node"]
    assert (node["id"], node["cluster"]) == ("edge-1", "edge")
    assert node["metadata"] == {
        "listen": "127.0.0.1:8080",
        "redirect": "127.0.0.1:8081",
        "tls_dir": "",
        "edge_tls_dir": "/tls",
        "access_log": "json",
    }


@pytest.mark.parametrize(
    ("registries", "kind", "addresses"),
    [
        pytest.param("10.0.0.1:7000", "STATIC", [("10.0.0.1", 7000)], id="one"),
        pytest.param("10.0.0.1:7000,[::1]:7001", "STATIC", [("10.0.0.1", 7000), ("::1", 7001)], id="two"),
        pytest.param("registry:7000", "STRICT_DNS", [("registry", 7000)], id="a name"),
    ],
)
def test_where_the_registry_is(registries: str, kind: str, addresses: list[tuple[str, int]]) -> None:
    (cluster,) = said(registries=registries)["static_resources"]["clusters"]
    assert (cluster["name"], cluster["type"]) == (CLUSTER, kind)
    (locality,) = cluster["load_assignment"]["endpoints"]
    found = [endpoint["endpoint"]["address"]["socket_address"] for endpoint in locality["lb_endpoints"]]
    assert [(address["address"], address["port_value"]) for address in found] == addresses


def test_its_own_interface_is_for_the_owner() -> None:
    assert said()["admin"]["address"]["pipe"] == {"path": "/run/admin.sock", "mode": 0o600}


def test_all_it_has_in_files(tmp_path: Path, envoy: Path) -> None:
    """Envoy itself takes it, with everything that there can be in it."""
    files = put(tmp_path / "tls", authority(tmp_path / "ca"), ["edge"])
    file = tmp_path / "bootstrap.json"
    text = bootstrap(
        registries="127.0.0.1:7000,localhost:7001",
        listen="127.0.0.1:8080",
        redirect="127.0.0.1:8081",
        admin=tmp_path / "admin.sock",
        tls_dir=files,
        edge_tls_dir=files,
        access_log="json",
        max_connections=100,
    )
    file.write_text(text)
    told = subprocess.run([envoy, "--mode", "validate", "--config-path", file], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert "eprecated" not in told.stderr


def test_who_starts_it_loads_no_grpc() -> None:
    """The process that starts others must not have threads of gRPC."""
    program = "import sys, clients.cli.edge.launch; sys.exit('grpc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
