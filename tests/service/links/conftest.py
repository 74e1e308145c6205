"""The links service, running on a clock that a test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast
from uuid import uuid4

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from chassis.kit import ServiceKit
from chassis.service import Assembly, Kit, Service
from innkeeper.links.v1 import links_pb2
from innkeeper.links.v1.links_pb2_grpc import LinksServiceStub
from services.links.service import SERVICE
from tests.conftest import RunningPlatform, StartPlatform

if TYPE_CHECKING:
    from innkeeper.links.v1.links_pb2_grpc import LinksServiceAsyncStub

TARGET = "http://127.0.0.1:8080/docs"
"""Of the platform itself, where the settings say nothing else."""


@dataclass
class Wall:
    """A clock that stands still until it is moved."""

    now: datetime = datetime(2027, 5, 1, 23, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by

    def on(self, service: Service) -> Service:
        """The service with this clock."""

        def assemble(kit: Kit) -> Assembly:
            return service.assemble(replace(cast(ServiceKit, kit), clock=self))

        return replace(service, assemble=assemble)


@dataclass(frozen=True)
class Links:
    """The service as other services see it, and as staff does."""

    running: RunningPlatform
    clock: Wall
    inside: LinksServiceAsyncStub
    staff: LinksServiceAsyncStub

    async def make(self, target: str = TARGET, *, good_for: timedelta | None = None) -> links_pb2.Link:
        """A new link."""
        return await self.inside.CreateLink(self.creation(target, good_for=good_for))

    def creation(self, target: str = TARGET, *, good_for: timedelta | None = None) -> links_pb2.CreateLinkRequest:
        """Asks for one."""
        link = links_pb2.Link(target=target)
        if good_for is not None:
            link.expire_time.CopyFrom(Timestamp(seconds=int((self.clock.now + good_for).timestamp())))
        return links_pb2.CreateLinkRequest(link=link, request_id=str(uuid4()))

    async def follow(self, link: links_pb2.Link, *, uncounted: bool = False) -> str:
        """Where it leads."""
        request = links_pb2.ResolveLinkRequest(name=link.name, uncounted=uncounted, request_id=str(uuid4()))
        return (await self.inside.ResolveLink(request)).target

    async def get(self, name: str) -> links_pb2.Link:
        """What staff sees of it."""
        return await self.staff.GetLink(links_pb2.GetLinkRequest(name=name))

    async def names(self, page_size: int = 50, page_token: str = "") -> tuple[Sequence[str], str]:
        """A page of what there is."""
        page = await self.staff.ListLinks(links_pb2.ListLinksRequest(page_size=page_size, page_token=page_token))
        return [link.name for link in page.links], page.next_page_token

    async def deleted(self, link: links_pb2.Link) -> None:
        """Returns when it is gone: a timer sees to it. Raises AssertionError where that does not happen soon."""
        for _ in range(500):
            if link.name not in (await self.names())[0]:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{link.name} is there still")


async def links_on(platform: StartPlatform, clock: Wall, *, service: Service = SERVICE, **settings: object) -> Links:
    """The service, started on that clock; a second time on the same data."""
    running = await platform("links", altered={"links": clock.on(service)}, **settings)
    return Links(
        running=running,
        clock=clock,
        inside=running.inside(LinksServiceStub, as_service="web"),
        staff=running.stub(LinksServiceStub, token=running.token("clients/desk", ["links.admin"])),
    )


@pytest.fixture
async def links(platform: StartPlatform) -> Links:
    return await links_on(platform, Wall())
