"""Where a gRPC client finds the registries, by what the settings say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chassis.client.xds_bootstrap import xds_bootstrap

TLS = Path("/etc/innkeeper")
SERVERS = [
    pytest.param("127.0.0.1:7000", None, ["ipv4:127.0.0.1:7000"], id="one"),
    pytest.param("10.0.0.1:7000,10.0.0.2:7000", None, ["ipv4:10.0.0.1:7000,10.0.0.2:7000"], id="several, one target"),
    pytest.param("[::1]:7000,[::2]:7000", None, ["ipv6:[::1]:7000,[::2]:7000"], id="several of IPv6"),
    pytest.param("registry:7000", None, ["dns:registry:7000"], id="a name"),
    pytest.param("a:7000,b:7000", None, ["dns:a:7000", "dns:b:7000"], id="several names"),
    pytest.param("a:7000,10.0.0.2:7000", None, ["dns:a:7000", "ipv4:10.0.0.2:7000"], id="a name and an address"),
    pytest.param("10.0.0.1:7000,10.0.0.2:7000", TLS, ["ipv4:10.0.0.1:7000", "ipv4:10.0.0.2:7000"], id="several, TLS"),
]


@pytest.mark.parametrize(("registries", "tls_dir", "uris"), SERVERS)
def test_servers(registries: str, tls_dir: Path | None, uris: list[str]) -> None:
    rendered = json.loads(xds_bootstrap(registries, "node-1", tls_dir=tls_dir))
    assert [server["server_uri"] for server in rendered["xds_servers"]] == uris
    assert rendered["node"] == {"id": "node-1"}


def test_credentials() -> None:
    (plain,) = json.loads(xds_bootstrap("127.0.0.1:1", "n"))["xds_servers"]
    assert plain["channel_creds"] == [{"type": "insecure"}]
    (secure,) = json.loads(xds_bootstrap("127.0.0.1:1", "n", tls_dir=TLS))["xds_servers"]
    (credentials,) = secure["channel_creds"]
    assert credentials["type"] == "tls"
    assert credentials["config"]["ca_certificate_file"] == "/etc/innkeeper/ca.crt"
