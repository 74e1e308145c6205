"""Which transport events take: that of the settings."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.events.direct import DirectTransport
from chassis.events.transport import Transport
from chassis.network import Network
from chassis.security.transport_security import TransportSecurity
from chassis.service import Service
from chassis.settings import Settings


def transport_of(
    services: Sequence[Service],
    catalogue: Sequence[Service],
    settings: Settings,
    network: Network,
    security: TransportSecurity | None,
) -> Transport:
    """The transport of a process with these services, on a platform of those of the catalogue."""
    if not settings.events_url:
        return DirectTransport(catalogue, network)
    # Only now: who brings events straight need not load what speaks with a broker.
    from chassis.events.rabbitmq.address import BrokerAddress
    from chassis.events.rabbitmq.transport import RabbitmqTransport

    name = " ".join(("innkeeper", *(service.name for service in services)))
    return RabbitmqTransport(catalogue, BrokerAddress(settings.events_url, security), name)
