"""The way from the command line to the platform that runs: what it proves itself with, and channels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import cast

import grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest

from chassis.client.xds_bootstrap import find_by_registry
from chassis.security.secrets import Secrets
from chassis.security.service_clients import CLI
from chassis.settings import Settings
from clients.cli.channel_by_service import ChannelByService
from clients.cli.channels import channel_to, tls_directory
from clients.cli.failure import Failure
from clients.cli.whereabouts import FILE, Place, place_on
from innkeeper.auth.v1 import auth_pb2
from innkeeper.registry.v1 import registry_pb2

SECRETS = "secrets"
PATIENCE = 5.0
"""Seconds that a platform has to answer."""

AUTH = auth_pb2.DESCRIPTOR.services_by_name["AuthService"].full_name
REGISTRY = registry_pb2.DESCRIPTOR.services_by_name["RegistryService"].full_name


def secret_of(data_dir: Path) -> str:
    """What the command line proves itself with. Raises Failure where no platform has run on this data directory."""
    directory = data_dir / SECRETS
    if not directory.exists():
        raise Failure(f"no platform has run on {data_dir}: INNKEEPER_DATA_DIR must be its data directory")
    return Secrets(directory).client_secret(CLI)


def place_of(settings: Settings, given: str) -> Place:
    """Where to call: at the address that was given, of a platform or of a registry; else where the one is that runs on
    the data directory; else at the registry of the settings.

    Raises Failure where there is none, or nothing answers at the given address.
    """
    if given:
        with _channel_to(given) as channel:
            return Place(address=given, registry=_serves(channel, REGISTRY) and not _serves(channel, AUTH))
    if settings.registry and not (settings.data_dir / FILE).exists():
        return Place(address=settings.registry, registry=True)
    return place_on(settings.data_dir)


@contextmanager
def connected(place: Place) -> Iterator[grpc.Channel]:
    """A channel to the platform, which leads each call to the service that it is for.

    Raises Failure where nothing answers there.
    """
    with registry_or_platform(place) as channel:
        if not place.registry:
            yield channel
            return
        find_by_registry(place.address, CLI, tls_dir=tls_directory())
        with ChannelByService(lambda service: channel_to(f"xds:///{service}")) as found:
            yield found


def channel_of(channel: grpc.Channel, service: str) -> grpc.Channel:
    """Of a channel to the platform, the one to that service, for contracts that several serve."""
    return channel.of(service) if isinstance(channel, ChannelByService) else channel


@contextmanager
def registry_or_platform(place: Place) -> Iterator[grpc.Channel]:
    """A channel to the process that listens at the place itself. Raises Failure where none does."""
    failures = list[Failure]()
    for address in place.address.split(","):
        try:
            channel = _channel_to(address)
        except Failure as failure:
            failures.append(failure)
            continue
        with channel:
            yield channel
        return
    raise failures[0]


def _channel_to(address: str) -> grpc.Channel:
    channel = channel_to(address)
    if not _answers(channel):
        channel.close()
        how, likewise = ("by TLS", "the same") if tls_directory() else ("without TLS", "no")
        raise Failure(
            f"nothing answers at {address} {how}: is the platform running, with {likewise} INNKEEPER_TLS_DIR?"
            " `innkeeper up` starts one"
        )
    return channel


def _answers(channel: grpc.Channel) -> bool:
    """Whether the first attempt to connect comes to anything; a client that calls all day would wait and try again."""
    states: SimpleQueue[grpc.ChannelConnectivity] = SimpleQueue()
    channel.subscribe(states.put, try_to_connect=True)
    try:
        while (state := states.get(timeout=PATIENCE)) is not grpc.ChannelConnectivity.READY:
            if state is grpc.ChannelConnectivity.TRANSIENT_FAILURE:
                return False
    except Empty:
        return False
    finally:
        channel.unsubscribe(states.put)
    return True


def _serves(channel: grpc.Channel, service: str) -> bool:
    """Whether a server knows of the service at all, well or not."""
    path = "/grpc.health.v1.Health/Check"
    check: Callable[..., object] = channel.unary_unary(path, HealthCheckRequest.SerializeToString)
    try:
        check(HealthCheckRequest(service=service), timeout=PATIENCE)
    except grpc.RpcError as error:
        return cast(grpc.Call, error).code() is not grpc.StatusCode.NOT_FOUND
    return True
