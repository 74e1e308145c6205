"""The declaration of toy services: what a test hands them is what they do."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from google.protobuf.message import Message
from sqlalchemy import Column, MetaData, String, Table, func, insert, select
from sqlalchemy.orm import Session

from chassis.platform import Platform
from chassis.security.service_clients import all_scopes, needed_scopes
from chassis.server.endpoint import snake_case
from chassis.service import Assembly, Kit, Service, Subscription, Timer
from chassis.settings import Settings
from tests.conftest import FAST, RunningPlatform
from tests.identity import TestIdentity
from tests.toy import contract
from tests.transport import TRANSPORT

METADATA = MetaData()
NOTES = Table(
    "notes",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("text", String(256), nullable=False, unique=True),
)


class Toy:
    """A servicer of either toy contract: `tell=…` is what it does when told, and so on."""

    def __init__(self, **methods: Callable[..., Any]) -> None:
        for name in ("ToyService", "AskingService"):
            for method in contract.service(name).methods:
                known_as = snake_case(method.name)
                setattr(self, known_as, methods.get(known_as, _unforeseen))


async def _unforeseen(request: object) -> Message:
    raise NotImplementedError


def toy(
    servicer: Callable[[Kit], object] = lambda kit: Toy(),
    *,
    name: str = "toy",
    calls: Sequence[str] = (),
    subscribes: Sequence[str] = (),
    subscriptions: Sequence[Subscription] = (),
    timers: Sequence[Timer] = (),
    start: Callable[[], Awaitable[None]] | None = None,
) -> Service:
    """A service with that servicer: of ToyService where it is called `toy`, of AskingService else."""

    def assemble(kit: Kit) -> Assembly:
        return Assembly(servicer=servicer(kit), subscriptions=subscriptions, timers=timers, start=start)

    return Service(
        name=name,
        contract=contract.service("ToyService" if name == "toy" else "AskingService"),
        tables=lambda: METADATA,
        migrations="tests.toy.migrations",
        assemble=assemble,
        calls=tuple(calls),
        subscribes=tuple(subscribes),
    )


@asynccontextmanager
async def started(
    data_dir: Path,
    *services: Service,
    catalogue: Sequence[Service] = (),
    identity: TestIdentity | None = None,
    **settings: Any,
) -> AsyncIterator[RunningPlatform]:
    """A platform of these services; the catalogue has others too, where they run elsewhere.

    Platforms that call each other share an identity.
    """
    known = {service.name: service for service in (*catalogue, *services)}
    identity = identity or identity_of(*known.values())
    chosen = Settings.read(**{**FAST, "data_dir": data_dir, "events_url": TRANSPORT.events_url(data_dir), **settings})
    async with Platform.started(services, chosen, catalogue=list(known.values()), identity=identity) as platform:
        running = RunningPlatform(platform, identity, all_scopes(list(known.values())))
        try:
            yield running
        finally:
            await running.close()


def identity_of(*services: Service) -> TestIdentity:
    """An identity for each of these services."""
    known = {service.name: service for service in services}
    return TestIdentity(lambda client: needed_scopes(known[client], services))


def keep(session: Session, text: str) -> str:
    """Stores a note, and returns its name."""
    name = f"notes/{uuid.uuid4()}"
    session.execute(insert(NOTES).values(name=name, text=text))
    return name


def texts(session: Session) -> list[str]:
    """What the notes say, in alphabetical order."""
    return list(session.scalars(select(NOTES.c.text).order_by(NOTES.c.text)))


def count(session: Session) -> int:
    """How many notes there are."""
    return session.scalar(select(func.count()).select_from(NOTES)) or 0


async def until(holds: Callable[[], bool], *, within: float = 10.0) -> None:
    """Returns as soon as it holds; fails where it does not within so many seconds."""
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110 - what holds is not ours to wait for
            await asyncio.sleep(0.002)
