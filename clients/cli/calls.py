"""Calls to the running platform, as the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from google.protobuf.descriptor import ServiceDescriptor

from chassis.settings import Settings
from clients.cli import running
from clients.cli.access import ClientToken
from clients.cli.prompt.remote import Remote


@contextmanager
def remote(contract: ServiceDescriptor, address: str, scopes: Sequence[str]) -> Iterator[Any]:
    """A service, its RPCs as methods. Raises Failure where no platform is.

    Args:
        contract: What it serves.
        address: What the user said of where the platform is, or empty.
        scopes: What the token is to be good for.
    """
    settings = Settings.read()
    with running.connected(running.place_of(settings, address)) as channel:
        token = ClientToken(channel, running.secret_of(settings.data_dir), scopes)
        yield Remote(contract, channel, token, comments={})


@contextmanager
def remotes(
    contract: ServiceDescriptor, services: Sequence[str], address: str, scopes: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """The same of a contract that several services serve: each of them by its name."""
    settings = Settings.read()
    with running.connected(running.place_of(settings, address)) as channel:
        token = ClientToken(channel, running.secret_of(settings.data_dir), scopes)
        yield {name: Remote(contract, running.channel_of(channel, name), token, comments={}) for name in services}
