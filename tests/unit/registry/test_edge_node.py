"""What an Envoy gets by what its node says."""

from __future__ import annotations

from typing import Any

import pytest
from envoy.config.core.v3.base_pb2 import Node

from services.registry.edge.node import EdgeNode


def node(agent: str = "envoy", **metadata: Any) -> Node:
    made = Node(user_agent_name=agent)
    made.metadata.update(metadata)
    return made


@pytest.mark.parametrize(
    ("said", "known"),
    [
        pytest.param({}, EdgeNode(), id="nothing"),
        pytest.param({"listen": "127.0.0.1:8080"}, EdgeNode(listen="127.0.0.1:8080"), id="an address"),
        pytest.param({"listen": "[::1]:8080"}, EdgeNode(listen="[::1]:8080"), id="an address of IPv6"),
        pytest.param({"listen": "here"}, EdgeNode(), id="no address"),
        pytest.param({"listen": 8080}, EdgeNode(), id="a number"),
        pytest.param({"listen": "127.0.0.1:99999"}, EdgeNode(), id="no such port"),
        pytest.param({"listen": ":8080"}, EdgeNode(), id="no host"),
        pytest.param({"redirect": "127.0.0.1:80"}, EdgeNode(redirect="127.0.0.1:80"), id="a redirect"),
        pytest.param({"access_log": "json"}, EdgeNode(access_log="json"), id="JSON"),
        pytest.param({"access_log": "xml"}, EdgeNode(), id="another format"),
        pytest.param({"tls_dir": "/a", "edge_tls_dir": "/b"}, EdgeNode(tls_dir="/a", edge_tls_dir="/b"), id="files"),
    ],
)
def test_metadata(said: dict[str, Any], known: EdgeNode) -> None:
    assert EdgeNode.of(node(**said)) == known


def test_who_is_no_envoy() -> None:
    assert EdgeNode.of(node("gRPC Python", listen="127.0.0.1:8080")) is None
