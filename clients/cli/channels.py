"""Channels from the command line to the platform: by mutual TLS where INNKEEPER_TLS_DIR is set, else plain."""

from __future__ import annotations

from pathlib import Path

import grpc

from chassis.security.service_clients import CLI
from chassis.security.tls_directory import own_directory
from chassis.security.transport_security import TransportSecurity
from chassis.settings import Settings


def channel_to(target: str) -> grpc.Channel:
    """A channel to an address, or to a service by `xds:///NAME`.

    With TLS, the server's certificate has to be for what the target names: the host of the address, or the service.
    Raises StartError where the files in INNKEEPER_TLS_DIR are not good.
    """
    security = TransportSecurity.of_client(Settings.read().tls_dir, CLI)
    if security is None:
        return grpc.insecure_channel(target)
    return grpc.secure_channel(target, security.channel_credentials())


def tls_directory() -> Path | None:
    """Where the command line's own certificate is; None without TLS."""
    tls_dir = Settings.read().tls_dir
    return tls_dir and own_directory(tls_dir, [CLI])
