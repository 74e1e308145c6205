"""The RPCs of the registry."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import TypeVar

from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message

from chassis.paging import Page
from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from innkeeper.registry.v1 import registry_pb2
from services.registry import store
from services.registry.compatibility import Compatibility
from services.registry.leases import Leases
from services.registry.mesh import Mesh, MethodUnknown, ServiceUnknown
from services.registry.messages import (
    fault_message,
    instance_message,
    mesh_message,
    rejection_message,
    to_fault,
    to_instance,
    to_load,
    to_traffic,
    traffic_message,
)
from services.registry.state import MeshState
from services.registry.xds.discovery import Discovery

M = TypeVar("M", bound=Message)


class RegistryServicer:
    """Keeps instances and policy; the clients hear of it by `discovery`.

    Args:
        contracts: The contract of each service of the platform, by the service's name; None of one that has none.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        contracts: Mapping[str, ServiceDescriptor | None],
        compatibility: Compatibility,
        leases: Leases,
        state: MeshState,
        discovery: Discovery,
    ) -> None:
        self._database = database
        self._clock = clock
        self._contracts = contracts
        self._compatibility = compatibility
        self._leases = leases
        self._state = state
        self._discovery = discovery

    async def register_instance(
        self, request: registry_pb2.RegisterInstanceRequest
    ) -> AsyncIterator[registry_pb2.Lease]:
        contract = self._contract(request.instance.service)
        if contract is not None:  # who serves HTTP alone breaks no contract
            await self._compatibility.require(contract, request.instance.contract_digest, request.descriptors)
        async with self._leases.held(to_instance(request.instance, self._clock())) as instance:
            yield registry_pb2.Lease(instance=instance_message(instance))
            await self._leases.ended()

    async def report_load(self, request: registry_pb2.ReportLoadRequest) -> registry_pb2.Instance:
        return instance_message(await self._leases.renew(request.name, to_load(request.load)))

    async def deregister_instance(self, request: registry_pb2.DeregisterInstanceRequest) -> Empty:
        await self._leases.withdraw(request.name)
        return Empty()

    async def list_instances(self, request: registry_pb2.ListInstancesRequest) -> registry_pb2.ListInstancesResponse:
        page = Page.of(request)
        service, _, name = (page.after or "").partition(" ")
        after = (service, name) if page.after else None
        found = await self._database.read(
            lambda session: store.page_of_instances(session, request.service, after=after, limit=page.lookahead)
        )
        shown, token = page.cut(found, lambda instance: f"{instance.service} {instance.name}")
        return registry_pb2.ListInstancesResponse(instances=map(instance_message, shown), next_page_token=token)

    async def get_mesh(self, request: registry_pb2.GetMeshRequest) -> registry_pb2.Mesh:
        return self._told(await self._database.read(store.mesh))

    async def watch_mesh(self, request: registry_pb2.WatchMeshRequest) -> AsyncIterator[registry_pb2.Mesh]:
        async for mesh in self._state.watch():
            yield self._told(mesh)

    async def set_traffic(self, request: registry_pb2.SetTrafficRequest) -> registry_pb2.Traffic:
        traffic = to_traffic(request.traffic)
        self._contract(traffic.service)
        return await self._changed(lambda session: store.put_traffic(session, traffic), traffic_message(traffic))

    async def set_fault(self, request: registry_pb2.SetFaultRequest) -> registry_pb2.Fault:
        fault = to_fault(request.fault)
        contract = self._contract(fault.service)
        known = contract.methods_by_name if contract is not None else {}
        if fault.method not in known:
            raise MethodUnknown(
                f"{fault.service} has no method {fault.method}; its methods are {', '.join(known) or 'none'}"
            )
        return await self._changed(lambda session: store.put_fault(session, fault), fault_message(fault))

    async def set_limits(self, request: registry_pb2.SetLimitsRequest) -> registry_pb2.Limits:
        service, limit = request.limits.service, request.limits.max_calls_in_flight
        self._contract(service)
        return await self._changed(lambda session: store.put_limit(session, service, limit), request.limits)

    async def _changed(self, change: Callable[[Session], None], answer: M) -> M:
        def work(session: Session) -> M:
            change(session)
            return answer

        answered = await self._database.command(work)
        await self._state.refresh()
        return answered

    def _contract(self, service: str) -> ServiceDescriptor | None:
        if service not in self._contracts:
            known = ", ".join(self._contracts)
            raise ServiceUnknown(f"there is no service {service}; the services are {known}")
        return self._contracts[service]

    def _told(self, mesh: Mesh) -> registry_pb2.Mesh:
        """The state that all registries share, with what this one knows of its own clients."""
        message = mesh_message(mesh)
        message.clients.extend(self._discovery.clients)
        message.rejections.extend(
            rejection_message(rejection.node, rejection.type_url, rejection.reason, rejection.time)
            for rejection in self._discovery.rejections
        )
        return message
