"""The mesh in the words of the contract, and back."""

from __future__ import annotations

from datetime import UTC, datetime

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from innkeeper.registry.v1 import registry_pb2
from services.registry.mesh import Fault, Instance, Load, Mesh, Traffic


def to_instance(message: registry_pb2.Instance, now: datetime) -> Instance:
    """The instance that registers now; what only the registry sets is not read."""
    return Instance(
        name=message.name,
        service=message.service,
        address=message.address,
        variant=message.variant,
        contract_digest=message.contract_digest,
        process_id=message.process_id,
        create_time=now,
        expire_time=now,
    )


def to_load(message: registry_pb2.Load) -> Load:
    """How busy an instance says that it is."""
    return Load(
        calls_in_hand=message.calls_in_hand,
        calls_per_second=message.calls_per_second,
        shed_per_second=message.shed_per_second,
        loop_lag=_seconds(message.loop_lag),
    )


def to_traffic(message: registry_pb2.Traffic) -> Traffic:
    """A split. Raises SharesTooLarge."""
    return Traffic(service=message.service, shares={share.variant: share.percent for share in message.shares})


def to_fault(message: registry_pb2.Fault) -> Fault:
    """A fault. Raises FaultEmpty."""
    return Fault(
        service=message.service,
        method=message.method,
        delay=_seconds(message.delay),
        abort_code=message.abort_code,
        percent=message.percent,
    )


def instance_message(instance: Instance) -> registry_pb2.Instance:
    """An instance."""
    return registry_pb2.Instance(
        name=instance.name,
        service=instance.service,
        address=instance.address,
        variant=instance.variant,
        contract_digest=instance.contract_digest,
        process_id=instance.process_id,
        create_time=_timestamp(instance.create_time),
        expire_time=_timestamp(instance.expire_time),
        load=registry_pb2.Load(
            calls_in_hand=instance.load.calls_in_hand,
            calls_per_second=instance.load.calls_per_second,
            shed_per_second=instance.load.shed_per_second,
            loop_lag=_duration(instance.load.loop_lag),
        ),
    )


def traffic_message(traffic: Traffic) -> registry_pb2.Traffic:
    """A split."""
    shares = [registry_pb2.Traffic.Share(variant=name, percent=share) for name, share in traffic.shares.items()]
    return registry_pb2.Traffic(service=traffic.service, shares=shares)


def fault_message(fault: Fault) -> registry_pb2.Fault:
    """A fault."""
    return registry_pb2.Fault(
        service=fault.service,
        method=fault.method,
        delay=_duration(fault.delay),
        abort_code=fault.abort_code,
        percent=fault.percent,
    )


def mesh_message(mesh: Mesh) -> registry_pb2.Mesh:
    """The state that all registries share."""
    return registry_pb2.Mesh(
        revision=mesh.revision,
        instances=map(instance_message, mesh.instances),
        traffic=map(traffic_message, mesh.traffic.values()),
        faults=map(fault_message, mesh.faults.values()),
        limits=[
            registry_pb2.Limits(service=service, max_calls_in_flight=limit) for service, limit in mesh.limits.items()
        ],
    )


def rejection_message(node: str, type_url: str, reason: str, time: datetime) -> registry_pb2.Rejection:
    """A configuration that a client did not accept."""
    return registry_pb2.Rejection(node=node, type_url=type_url, reason=reason, time=_timestamp(time))


def _seconds(duration: Duration) -> float:
    return float(duration.ToTimedelta().total_seconds())


def _duration(seconds: float) -> Duration:
    duration = Duration()
    duration.FromNanoseconds(round(seconds * 1e9))
    return duration


def _timestamp(instant: datetime) -> Timestamp:
    timestamp = Timestamp()
    timestamp.FromDatetime(instant.astimezone(UTC))
    return timestamp
