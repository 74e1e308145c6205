"""Leases: an instance counts as there while it is heard of, and is withdrawn soon after."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from services.registry import store
from services.registry.mesh import Instance, Load
from services.registry.state import MeshState

TERM = timedelta(seconds=10)
"""How long an instance counts as there after it was last heard of."""

GRACE = timedelta(seconds=1)
"""How long one counts as there whose stream broke: it may have moved to another registry, or come back."""

SWEEP_EVERY = 0.5
"""Seconds between two looks for leases that have run out."""


class Leases:
    """The leases of all instances, those that other registries keep in the same database included."""

    def __init__(self, database: Database, state: MeshState, clock: Clock) -> None:
        self._database = database
        self._state = state
        self._clock = clock
        self._all_back = clock() + TERM
        self._let_go: set[str] = set()
        """Whose streams broke before then."""

        self._ended = asyncio.Event()
        self._log = structlog.get_logger().bind(logger="innkeeper.registry")

    @asynccontextmanager
    async def held(self, instance: Instance) -> AsyncIterator[Instance]:
        """Registers the instance, which counts as there while this lasts, and for a moment after; longer where it has
        another lease by then."""
        lease = str(uuid4())
        lasting = replace(instance, expire_time=self._clock() + TERM)
        registered = await self._database.write(lambda session: store.put_instance(session, lasting, lease))
        await self._state.refresh()
        self._log.info(
            "registered",
            instance=instance.name,
            service=instance.service,
            address=instance.address,
            variant=instance.variant,
        )
        try:
            yield registered
        finally:
            if not self._ended.is_set():
                await asyncio.shield(self._broken(instance.name, lease))

    async def ended(self) -> None:
        """Returns when this registry stops."""
        await self._ended.wait()

    async def renew(self, name: str, load: Load) -> Instance:
        """Takes in that an instance is there, and how busy. Raises NotFound."""
        until = self._clock() + TERM
        return await self._database.write(lambda session: store.put_load(session, name, load, until))

    async def withdraw(self, name: str) -> None:
        """Withdraws an instance, whichever it is."""
        await self._database.write(lambda session: store.delete_instances(session, [name]))
        await self._state.refresh()
        self._log.info("withdrawn", instance=name, cause="deregistered")

    async def sweep(self) -> None:
        """Withdraws instances that were not heard of for too long, but for the last of each service.

        A registry that has just started gives everybody the time to come back but those who left it since.
        """
        now = self._clock()
        known = None if now >= self._all_back else frozenset(self._let_go)

        def due(session: Session) -> list[Instance]:
            found = expired(store.instances(session), now)
            return [instance for instance in found if known is None or instance.name in known]

        def withdraw(session: Session) -> list[Instance]:
            withdrawn = due(session)
            store.delete_instances(session, [instance.name for instance in withdrawn])
            return withdrawn

        if not await self._database.read(due):
            return
        for instance in await self._database.write(withdraw):
            self._log.warning("withdrawn", instance=instance.name, service=instance.service, cause="lease expired")
        await self._state.refresh()

    def close(self) -> None:
        """Ends all leases of this registry, and leaves the instances as they are."""
        self._ended.set()

    async def _broken(self, name: str, lease: str) -> None:
        now = self._clock()
        await self._database.write(lambda session: store.expire_at(session, lease, now + GRACE))
        if now < self._all_back:
            self._let_go.add(name)


def expired(instances: tuple[Instance, ...], now: datetime) -> list[Instance]:
    """The instances whose lease has run out; where none of a service is left, the one that was heard of last stays."""
    gone = [instance for instance in instances if instance.expire_time <= now]
    alive = {instance.service for instance in instances if instance.expire_time > now}
    last: dict[str, Instance] = {}
    for instance in gone:
        if instance.service not in alive:
            last[instance.service] = max(instance, last.get(instance.service, instance), key=lambda it: it.expire_time)
    return [instance for instance in gone if last.get(instance.service) is not instance]
