"""The aggregated discovery service (ADS) of xDS v3, state of the world: tells gRPC clients and Envoy of the mesh."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import grpc
import structlog
from envoy.config.core.v3.base_pb2 import Node
from envoy.service.discovery.v3.discovery_pb2 import DiscoveryRequest, DiscoveryResponse

from chassis.policy import methods
from chassis.security.service_clients import OF_PROCESSES
from chassis.service import Clock, Service
from services.registry.edge.node import EdgeNode
from services.registry.edge.policy import EdgePolicy
from services.registry.edge.view import MOST_NODES, Edge, EdgeView
from services.registry.mesh import Mesh
from services.registry.xds.clusters import EJECTION, Ejection
from services.registry.xds.rejection import Rejection
from services.registry.xds.stream import DiscoveryStream, TooManyNames
from services.registry.xds.view import TargetView, View

ADS = "envoy.service.discovery.v3.AggregatedDiscoveryService"

COALESCED = 0.02
"""Seconds in which changes are gathered before clients are told."""

REMEMBERED = 100
"""Rejections that are kept at most."""

LONGEST_ID, LONGEST_REASON = 100, 1000
"""Characters that are kept of what a client says: it has proved to nobody who it is."""


class Discovery:
    """What all discovery streams have in common. Lives in one event loop.

    Args:
        catalogue: All services of the platform.
        current: The mesh as it is now.
        clock: Tells the time.
        policy: What the settings say of the edge.
        ejection: When clients leave out instances that fail.
    """

    def __init__(
        self,
        catalogue: Sequence[Service],
        current: Callable[[], Mesh],
        clock: Clock,
        policy: EdgePolicy,
        *,
        ejection: Ejection = EJECTION,
    ) -> None:
        self._services = {
            service.name: tuple(methods(service.contract)) if service.contract is not None else ()
            for service in catalogue
        }
        self._of_processes = tuple(method for contract in OF_PROCESSES for method in methods(contract))
        self._current = current
        self._clock = clock
        self._edge = Edge([service.contract for service in catalogue if service.contract is not None], policy)
        self._edges: dict[EdgeNode, EdgeView] = {}
        self._ejection = ejection
        self._mesh = Mesh()
        self._targets = TargetView(self._mesh, self._services, self._of_processes, ejection)
        self._streams: set[DiscoveryStream] = set()
        self._rejections: dict[tuple[str, str], Rejection] = {}
        self._due: asyncio.TimerHandle | None = None
        self._stopped = False
        self._log = structlog.get_logger().bind(logger="innkeeper.registry")

    def handler(self) -> grpc.GenericRpcHandler:
        """The handler of the service's one method of this kind; the incremental one is UNIMPLEMENTED."""
        method = grpc.stream_stream_rpc_method_handler(
            self._serve,
            request_deserializer=DiscoveryRequest.FromString,
            response_serializer=DiscoveryResponse.SerializeToString,
        )
        return grpc.method_handlers_generic_handler(ADS, {"StreamAggregatedResources": method})

    def changed(self) -> None:
        """The mesh changed: clients are told in a moment, once for all changes until then."""
        if self._due is None and not self._stopped:
            self._due = asyncio.get_running_loop().call_later(COALESCED, self._tell)

    def stop(self) -> None:
        """Ends all streams, so that clients turn to another registry or go on with what they know."""
        self._stopped = True
        if self._due is not None:
            self._due.cancel()
        for stream in self._streams:
            stream.end()

    @property
    def rejections(self) -> Sequence[Rejection]:
        """What clients refused lately, the latest first, one at most of each client and type."""
        return tuple(reversed(self._rejections.values()))

    @property
    def clients(self) -> Sequence[str]:
        """The node ids of the clients that are connected."""
        return sorted({_printable(stream.node.id, LONGEST_ID) for stream in self._streams if stream.node.id})

    def view(self, node: Node) -> tuple[View, str]:
        """The mesh as that client is to see it now, and the version."""
        mesh = self._current()
        if mesh is not self._mesh:
            self._mesh, self._targets = mesh, TargetView(mesh, self._services, self._of_processes, self._ejection)
            self._edges = {}
        envoy = EdgeNode.of(node)
        return self._targets if envoy is None else self._edge_of(envoy), str(mesh.revision)

    def rejected(self, node: Node, type_url: str, reason: str) -> None:
        """A client did not accept what it was sent."""
        client, why = _printable(node.id, LONGEST_ID), _printable(reason, LONGEST_REASON)
        before = self._rejections.pop((client, type_url), None)
        if before is None or before.reason != why:
            self._log.warning("xds_rejected", node=client, type=type_url, reason=why)
        self._rejections[client, type_url] = Rejection(node=client, type_url=type_url, reason=why, time=self._clock())
        if len(self._rejections) > REMEMBERED:
            del self._rejections[next(iter(self._rejections))]

    def _edge_of(self, node: EdgeNode) -> EdgeView:
        """What that Envoy sees, made once for each state of the mesh."""
        view = self._edges.get(node)
        if view is None:
            view = EdgeView(self._edge, self._mesh, self._services, self._targets, node)
            if len(self._edges) < MOST_NODES:
                self._edges[node] = view
        return view

    def _tell(self) -> None:
        self._due = None
        for stream in self._streams:
            stream.changed()

    async def _serve(self, requests: AsyncIterator[DiscoveryRequest], context: Any) -> None:
        if self._stopped:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "the registry is stopping")
        # At once: grpc.aio would send it again with the status where `stop` interrupts the first write, and fail.
        await context.send_initial_metadata(())
        stream = DiscoveryStream(self, context.write)
        self._streams.add(stream)
        try:
            await stream.serve(requests)
        except TooManyNames as error:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        finally:
            self._streams.discard(stream)


def _printable(text: str, longest: int) -> str:
    """The beginning of a client's own words, fit for a log and a terminal."""
    return "".join(character if character.isprintable() else " " for character in text[:longest])
