"""The registry, put together."""

from __future__ import annotations

from sqlalchemy import MetaData

from chassis.service import Assembly, Kit, Service, Timer
from innkeeper.registry.v1 import registry_pb2


def assemble(kit: Kit) -> Assembly:
    """The registry on its database; instances and policy go to xDS clients by the same port."""
    from services.registry.compatibility import Compatibility
    from services.registry.edge.policy import EdgePolicy
    from services.registry.leases import SWEEP_EVERY, Leases
    from services.registry.servicer import RegistryServicer
    from services.registry.state import FOLLOW_EVERY, MeshState
    from services.registry.xds.discovery import Discovery

    state = MeshState(kit.database)
    leases = Leases(kit.database, state, kit.clock)
    discovery = Discovery(kit.catalogue, lambda: state.mesh, kit.clock, EdgePolicy.of(kit.settings))
    state.changed = discovery.changed
    contracts = {service.name: service.contract for service in kit.catalogue}

    def drain() -> None:
        leases.close()
        state.close()
        discovery.stop()

    return Assembly(
        servicer=RegistryServicer(
            kit.database, kit.clock, contracts, Compatibility(kit.database), leases, state, discovery
        ),
        start=state.refresh,
        drain=drain,
        handlers=(discovery.handler(),),
        timers=(
            Timer("follow-mesh", every=FOLLOW_EVERY, run=state.refresh),
            Timer("withdraw-expired", every=SWEEP_EVERY, run=leases.sweep),
        ),
    )


def tables() -> MetaData:
    """The tables of its database."""
    from services.registry.tables import METADATA

    return METADATA


SERVICE = Service(
    name="registry",
    contract=registry_pb2.DESCRIPTOR.services_by_name["RegistryService"],
    tables=tables,
    migrations="services.registry.migrations",
    assemble=assemble,
)
