"""What the registry keeps: the instances, and the policy by which calls are spread over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chassis.refusal import Refusal


class ServiceUnknown(Refusal):
    """The platform has no service of that name."""

    reason = "SERVICE_UNKNOWN"


class MethodUnknown(Refusal):
    """The service has no method of that name."""

    reason = "METHOD_UNKNOWN"


class SharesTooLarge(Refusal):
    """The shares add up to more than the whole."""

    reason = "SHARES_TOO_LARGE"


class FaultEmpty(Refusal):
    """A fault that neither delays nor aborts."""

    reason = "FAULT_EMPTY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How busy an instance is. `loop_lag` is in seconds."""

    calls_in_hand: int = 0
    calls_per_second: float = 0.0
    shed_per_second: float = 0.0
    loop_lag: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One process that serves one service. `address` is `IP:port`."""

    name: str
    service: str
    address: str
    variant: str
    contract_digest: str
    process_id: int
    create_time: datetime
    expire_time: datetime
    load: Load = field(default=Load())


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """How the calls of a service are split: percent by variant; what is left of 100 goes to all other variants.

    Raises SharesTooLarge.
    """

    service: str
    shares: Mapping[str, int]

    def __post_init__(self) -> None:
        total = sum(self.shares.values())
        if total > 100:
            raise SharesTooLarge(f"the shares of {self.service} add up to {total} percent, more than 100")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What callers do to a share of a method's calls. `delay` is in seconds; `abort_code` is a gRPC status, or 0.

    Raises FaultEmpty.
    """

    service: str
    method: str
    delay: float
    abort_code: int
    percent: int

    def __post_init__(self) -> None:
        if self.percent and not self.delay and not self.abort_code:
            raise FaultEmpty(f"the fault of {self.service}/{self.method} needs a delay, or a status to abort with")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """The whole state at one moment; `revision` counts up with every change."""

    revision: int = 0
    instances: tuple[Instance, ...] = ()
    """By service and age."""

    traffic: Mapping[str, Traffic] = field(default_factory=dict)
    """By service."""

    faults: Mapping[tuple[str, str], Fault] = field(default_factory=dict)
    """By service and method."""

    limits: Mapping[str, int] = field(default_factory=dict)
    """Calls in flight from one client process at most, by service."""

    def of(self, service: str) -> Iterator[Instance]:
        """The instances of a service."""
        return (instance for instance in self.instances if instance.service == service)

    def clusters(self, service: str) -> Mapping[str, int]:
        """How the calls of a service are split: weights by cluster, at least one cluster.

        A cluster is `service`, all instances; `service/variant`, those of one variant; or `service/-`, those of all
        variants without a share of their own.
        """
        split = self.traffic.get(service)
        there = {instance.variant for instance in self.of(service)}
        if split is None:
            return {service: 100}
        weights = {f"{service}/{name}": share for name, share in split.shares.items() if share and name in there}
        rest = 100 - sum(weights.values())
        if rest and there - split.shares.keys():
            weights[f"{service}/-"] = rest
        return weights or {service: 100}

    def members(self, cluster: str) -> Iterator[Instance]:
        """The instances of a cluster (see `clusters`)."""
        service, _, variant = cluster.partition("/")
        split = self.traffic.get(service)
        shared = split.shares.keys() if split is not None else ()
        for instance in self.of(service):
            if not variant or instance.variant == variant or (variant == "-" and instance.variant not in shared):
                yield instance
