"""Which scopes the platform's own OAuth 2 clients have: no more than what they call asks for, as the contracts say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from google.protobuf.descriptor import ServiceDescriptor

from chassis.context import ADMIN, INTERNAL
from chassis.contracts import contracts
from chassis.policy import methods
from innkeeper.events.v1 import event_log_pb2, events_pb2
from innkeeper.privacy.v1 import privacy_pb2

if TYPE_CHECKING:
    from chassis.service import Service

EVENT_SINK = events_pb2.DESCRIPTOR.services_by_name["EventSinkService"]
EVENT_LOG = event_log_pb2.DESCRIPTOR.services_by_name["EventLogService"]
PERSONAL_DATA = privacy_pb2.DESCRIPTOR.services_by_name["PersonalDataService"]
OF_PROCESSES = (EVENT_SINK, EVENT_LOG, PERSONAL_DATA)
"""What a process serves once, beside the contracts of its services, and for all of them."""

CLI = "cli"


def needed_scopes(service: Service, catalogue: Sequence[Service]) -> frozenset[str]:
    """The scopes of a service's own client: those of the methods of the services that it calls, less what it declares
    not to need; of event delivery, where it has events; and of the export of personal data, where that is its task."""
    called = contracts(other for other in catalogue if other.name in service.calls)
    needed = frozenset(_scopes(called.values()))
    if service.scopes is not None:
        needed &= service.scopes
    delivery = _scopes([EVENT_SINK]) if service.tables is not None else ()
    export = _scopes([PERSONAL_DATA]) if service.exports_personal_data else ()
    return needed | {INTERNAL, *delivery, *export}


def all_scopes(catalogue: Sequence[Service]) -> frozenset[str]:
    """Every scope of every contract, and staff's."""
    return frozenset({ADMIN, INTERNAL, *_scopes([*contracts(catalogue).values(), *OF_PROCESSES])})


def _scopes(called: Iterable[ServiceDescriptor]) -> Iterator[str]:
    for contract in called:
        for method in methods(contract):
            yield from method.scopes
