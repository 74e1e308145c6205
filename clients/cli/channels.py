"""Channels from the command line to the platform: by mutual TLS where INNKEEPER_TLS_DIR is set, else plain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import grpc

from chassis.client.socket_transport import XDS, service_config
from chassis.contracts import contracts
from chassis.policy import Method, methods
from chassis.security.service_clients import CLI
from chassis.security.tls_directory import own_directory
from chassis.security.transport_security import TransportSecurity
from chassis.settings import Settings
from services.catalogue import CATALOGUE


def channel_to(target: str) -> grpc.Channel:
    """A channel to an address, or to a service by `xds:///NAME`.

    A call that does not get through is made again where its contract calls that safe; by `xds:///` the registry tells.
    With TLS, the server's certificate has to be for what the target names: the host of the address, or the service.
    Raises StartError where the files in INNKEEPER_TLS_DIR are not good.
    """
    options = () if target.startswith(XDS) else (("grpc.service_config", service_config(_all_methods())),)
    security = TransportSecurity.of_client(Settings.read().tls_dir, CLI)
    if security is None:
        return grpc.insecure_channel(target, options)
    return grpc.secure_channel(target, security.channel_credentials(), options)


def _all_methods() -> Iterator[Method]:
    """Those of every service: any may be behind an address."""
    for contract in contracts(CATALOGUE).values():
        yield from methods(contract)


def tls_directory() -> Path | None:
    """Where the command line's own certificate is; None without TLS."""
    tls_dir = Settings.read().tls_dir
    return tls_dir and own_directory(tls_dir, [CLI])
