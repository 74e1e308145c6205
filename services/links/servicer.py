"""The RPCs of the links service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from google.protobuf.empty_pb2 import Empty

from chassis.dates import from_timestamp
from chassis.paging import Page
from chassis.refusal import AlreadyExists, NotFound
from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from innkeeper.links.v1 import links_pb2
from services.links import store
from services.links.code import new_code
from services.links.link import Link, code_of
from services.links.messages import Messages
from services.links.target import Targets

TRIES: Final = 5
"""How many codes are tried. With a million million links one in two hundred is taken, and never five in a row."""


class LinksServicer:
    """Keeps links in a database."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        targets: Targets,
        messages: Messages,
        choose: Callable[[], str] = new_code,
    ) -> None:
        self._database = database
        self._clock = clock
        self._targets = targets
        self._messages = messages
        self._choose = choose

    async def create_link(self, request: links_pb2.CreateLinkRequest) -> links_pb2.Link:
        asked, now = request.link, self._clock()
        expire_time = from_timestamp(asked.expire_time) if asked.HasField("expire_time") else None

        def work(session: Session) -> links_pb2.Link:
            link = Link.create(asked.target, now=now, expire_time=expire_time, targets=self._targets)
            return self._messages.link(self._added(session, link))

        return await self._database.command(work)

    async def resolve_link(self, request: links_pb2.ResolveLinkRequest) -> links_pb2.ResolveLinkResponse:
        code, now = code_of(request.name), self._clock()

        def look(session: Session) -> links_pb2.ResolveLinkResponse:
            link = store.get(session, code)
            if not (link.is_good(now) and self._targets.allow(link.target)):
                raise NotFound(link.name)
            return links_pb2.ResolveLinkResponse(target=link.target)

        def follow(session: Session) -> links_pb2.ResolveLinkResponse:
            found = look(session)
            store.count(session, code, now.date())
            return found

        return await (self._database.read(look) if request.uncounted else self._database.command(follow))

    async def get_link(self, request: links_pb2.GetLinkRequest) -> links_pb2.Link:
        def work(session: Session) -> links_pb2.Link:
            link = store.get(session, code_of(request.name))
            days = store.clicks(session, link.code)
            return self._messages.link(link, total=sum(count for _, count in days), days=days)

        return await self._database.read(work)

    async def list_links(self, request: links_pb2.ListLinksRequest) -> links_pb2.ListLinksResponse:
        page = Page.of(request)

        def work(session: Session) -> links_pb2.ListLinksResponse:
            found = store.page(session, after=page.after, limit=page.lookahead)
            shown, token = page.cut(found, lambda link: link.code)
            totals = store.totals(session, [link.code for link in shown])
            links = [self._messages.link(link, total=totals.get(link.code, 0)) for link in shown]
            return links_pb2.ListLinksResponse(links=links, next_page_token=token)

        return await self._database.read(work)

    async def delete_link(self, request: links_pb2.DeleteLinkRequest) -> Empty:
        def work(session: Session) -> Empty:
            store.remove(session, [store.get(session, code_of(request.name)).code])
            return Empty()

        return await self._database.command(work)

    def _added(self, session: Session, link: Link) -> Link:
        """The link, stored under a code that no other has."""
        for _ in range(TRIES):
            coded = replace(link, code=self._choose())
            try:
                store.add(session, coded)
            except AlreadyExists:
                continue
            return coded
        raise RuntimeError(f"{TRIES} codes of links in a row were taken")
