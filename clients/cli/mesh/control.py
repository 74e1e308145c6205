"""Calls to the registry, as the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chassis.settings import Settings
from clients.cli import running
from clients.cli.access import ClientToken
from clients.cli.prompt.remote import Remote
from innkeeper.registry.v1 import registry_pb2

REGISTRY = registry_pb2.DESCRIPTOR.services_by_name["RegistryService"]
SCOPES = ("registry.read", "registry.write")


@contextmanager
def registry(address: str) -> Iterator[Any]:
    """The registry of the running platform, its RPCs as methods (see `clients.cli.prompt.remote`).

    It is called at its own address; `auth`, which gives the token, is found by it, or runs in the same process.

    Args:
        address: What the user said of where it is, or empty.

    Raises Failure where there is none.
    """
    settings = Settings.read()
    place = running.place_of(settings, address)
    with running.registry_or_platform(place) as direct, running.connected(place) as mesh:
        token = ClientToken(mesh, running.secret_of(settings.data_dir), SCOPES)
        yield Remote(REGISTRY, direct, token, comments={})
