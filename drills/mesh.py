"""A platform of many processes, as a client sees it that finds them through their registry."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import grpc

from chassis.network import REGISTRY, Network, registry_address
from chassis.observability.tracing import Tracing
from chassis.security.secrets import Secrets
from chassis.security.service_clients import CLI
from chassis.security.service_tokens import ServiceTokens
from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceStub
from innkeeper.registry.v1 import registry_pb2
from innkeeper.registry.v1.registry_pb2_grpc import RegistryServiceStub
from services.catalogue import CATALOGUE

SERVICES = tuple(service.name for service in CATALOGUE if service.contract is not None and service.name != REGISTRY)
"""All services that are called by gRPC, but the registry."""


class Mesh:
    """The processes, seen from a client that finds them through the registry.

    Args:
        registry: Where the registry listens.
        data_dir: Where the platform keeps its data.
        edge: Where its edge listens; empty where it has none.
    """

    def __init__(self, registry: str, data_dir: Path, edge: str = "") -> None:
        self.edge = edge
        untraced = Tracing("drill", 0.0, None)
        self.network = Network(CATALOGUE, frozenset(), registry_address(registry), untraced, by_registry=True)
        secret = Secrets(data_dir / "secrets").client_secret(CLI)
        self.tokens = ServiceTokens(self.network.stub(AuthServiceStub, None), CLI, secret)
        self.registry = self.network.stub(RegistryServiceStub, self.tokens)

    async def instances(self, service: str = "") -> Sequence[registry_pb2.Instance]:
        """What is registered, for one service or all."""
        mesh = await self.registry.GetMesh(registry_pb2.GetMeshRequest())
        return [instance for instance in mesh.instances if service in ("", instance.service)]

    async def until(self, service: str, condition: Callable[[Sequence[registry_pb2.Instance]], bool]) -> float:
        """Waits until the instances of a service are as wanted, and returns the seconds that it took."""
        begun = time.monotonic()
        async with asyncio.timeout(60):
            while True:
                try:
                    if condition(await self.instances(service)):
                        return time.monotonic() - begun
                except grpc.aio.AioRpcError:
                    pass  # the registry itself is away for a moment
                await asyncio.sleep(0.05)
