"""What is asked of the registry's tables. Whatever clients are to know of counts the revision up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select, tuple_, update

from chassis.refusal import NotFound
from chassis.storage.session import Session
from services.registry.mesh import Fault, Instance, Load, Mesh, Traffic
from services.registry.tables import CONTRACTS, FAULTS, INSTANCES, LIMITS, REVISIONS, SHARES


def revision(session: Session) -> int:
    """How often the mesh has changed."""
    return int(session.execute(select(REVISIONS.c.number)).scalar_one())


def mesh(session: Session) -> Mesh:
    """The whole state."""
    shares: dict[str, dict[str, int]] = {}
    for row in session.execute(select(SHARES).order_by(SHARES.c.service, SHARES.c.variant)):
        shares.setdefault(row.service, {})[row.variant] = row.percent
    faults = [
        Fault(**row) for row in session.execute(select(FAULTS).order_by(FAULTS.c.service, FAULTS.c.method)).mappings()
    ]
    return Mesh(
        revision=revision(session),
        instances=instances(session),
        traffic={service: Traffic(service=service, shares=percent) for service, percent in shares.items()},
        faults={(fault.service, fault.method): fault for fault in faults},
        limits={row.service: row.max_calls_in_flight for row in session.execute(select(LIMITS).order_by("service"))},
    )


def instances(session: Session) -> tuple[Instance, ...]:
    """All instances, by service and age."""
    ordered = select(INSTANCES).order_by(INSTANCES.c.service, INSTANCES.c.create_time, INSTANCES.c.name)
    return tuple(_instance(row) for row in session.execute(ordered).mappings())


def put_instance(session: Session, instance: Instance, lease: str) -> Instance:
    """Stores an instance under a new lease, and returns it as it is known: as old as it was when it came first."""
    known = session.execute(select(INSTANCES).where(INSTANCES.c.name == instance.name)).mappings().one_or_none()
    values = _values(instance) | {"lease": lease}
    if known is None:
        session.execute(insert(INSTANCES).values(values))
    else:
        values["create_time"] = known["create_time"]
        session.execute(update(INSTANCES).where(INSTANCES.c.name == instance.name).values(values))
    _count_up(session)
    return get_instance(session, instance.name)


def get_instance(session: Session, name: str) -> Instance:
    """The instance of that name. Raises NotFound."""
    row = session.execute(select(INSTANCES).where(INSTANCES.c.name == name)).mappings().one_or_none()
    if row is None:
        raise NotFound(name)
    return _instance(row)


def page_of_instances(session: Session, service: str, *, after: tuple[str, str] | None, limit: int) -> list[Instance]:
    """Instances by service and name, those of one service where one is named."""
    key = tuple_(INSTANCES.c.service, INSTANCES.c.name)
    wanted = select(INSTANCES).order_by(INSTANCES.c.service, INSTANCES.c.name).limit(limit)
    if service:
        wanted = wanted.where(INSTANCES.c.service == service)
    if after is not None:
        wanted = wanted.where(key > after)
    return [_instance(row) for row in session.execute(wanted).mappings()]


def put_load(session: Session, name: str, load: Load, expire_time: datetime) -> Instance:
    """Stores how busy an instance is, and until when it counts as there. Raises NotFound."""
    session.execute(update(INSTANCES).where(INSTANCES.c.name == name).values(**asdict(load), expire_time=expire_time))
    return get_instance(session, name)


def expire_at(session: Session, lease: str, expire_time: datetime) -> None:
    """Has the instance of that lease count as there until then, and no longer, unless it has a newer lease."""
    session.execute(update(INSTANCES).where(INSTANCES.c.lease == lease).values(expire_time=expire_time))


def delete_instances(session: Session, names: Sequence[str]) -> None:
    """Withdraws instances, as far as they are there."""
    if names and session.execute(delete(INSTANCES).where(INSTANCES.c.name.in_(names))).rowcount:
        _count_up(session)


def put_traffic(session: Session, traffic: Traffic) -> None:
    """Stores a split in place of the one before; without shares there is none."""
    session.execute(delete(SHARES).where(SHARES.c.service == traffic.service))
    rows = [{"service": traffic.service, "variant": name, "percent": share} for name, share in traffic.shares.items()]
    if rows:
        session.execute(insert(SHARES), rows)
    _count_up(session)


def put_fault(session: Session, fault: Fault) -> None:
    """Stores a fault in place of the one before; with a share of 0 there is none."""
    session.execute(delete(FAULTS).where(FAULTS.c.service == fault.service, FAULTS.c.method == fault.method))
    if fault.percent:
        session.execute(insert(FAULTS).values(asdict(fault)))
    _count_up(session)


def put_limit(session: Session, service: str, max_calls_in_flight: int) -> None:
    """Stores a limit in place of the one before; 0 is none."""
    session.execute(delete(LIMITS).where(LIMITS.c.service == service))
    if max_calls_in_flight:
        session.execute(insert(LIMITS).values(service=service, max_calls_in_flight=max_calls_in_flight))
    _count_up(session)


def is_compatible(session: Session, service: str, digest: str, released_digest: str) -> bool:
    """Whether a contract was found compatible with that released one."""
    key = (CONTRACTS.c.service, CONTRACTS.c.digest, CONTRACTS.c.released_digest)
    found = select(CONTRACTS).where(tuple_(*key) == (service, digest, released_digest))
    return session.execute(found).first() is not None


def add_compatible(session: Session, service: str, digest: str, released_digest: str) -> None:
    """Remembers that a contract was found compatible with that released one."""
    if not is_compatible(session, service, digest, released_digest):
        session.execute(insert(CONTRACTS).values(service=service, digest=digest, released_digest=released_digest))


def _count_up(session: Session) -> None:
    session.execute(update(REVISIONS).values(number=REVISIONS.c.number + 1))


def _values(instance: Instance) -> dict[str, Any]:
    values = asdict(instance)
    load: dict[str, Any] = values.pop("load")
    return values | load


def _instance(row: RowMapping) -> Instance:
    load = Load(**{field.name: row[field.name] for field in fields(Load)})
    return Instance(**{field.name: row[field.name] for field in fields(Instance) if field.name != "load"}, load=load)
