"""The contracts of services. By itself, so that whoever needs no more does not load what services stand on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from google.protobuf.descriptor import ServiceDescriptor

if TYPE_CHECKING:
    from chassis.service import Service


def contracts(services: Iterable[Service]) -> dict[str, ServiceDescriptor]:
    """The contract of each of these services that has one, by the service's name."""
    return {service.name: service.contract for service in services if service.contract is not None}
