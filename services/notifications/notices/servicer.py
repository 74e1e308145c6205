"""The RPCs of notices to hotels."""

from __future__ import annotations

import asyncio

from chassis.paging import Page
from chassis.refusal import NotFound
from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from innkeeper.hotels.v1.contacts_pb2 import HotelContact
from innkeeper.notifications.v1 import notices_pb2
from services.notifications.composing.for_hotels import ForHotels
from services.notifications.composing.sources import Sources
from services.notifications.letters.to_hotels import page as hotel_page
from services.notifications.notices import store
from services.notifications.notices.messages import notice_message, page_message
from services.notifications.notices.notice import Notice
from services.notifications.notices.token import NoticeTokenInvalid, NoticeTokens


class NoticesServicer:
    """Shows notices to staff and to the hotels that have the link, and notes who has seen them."""

    def __init__(
        self, database: Database, clock: Clock, sources: Sources, for_hotels: ForHotels, tokens: NoticeTokens
    ) -> None:
        self._database = database
        self._clock = clock
        self._sources = sources
        self._for_hotels = for_hotels
        self._tokens = tokens

    async def list_notices(self, request: notices_pb2.ListNoticesRequest) -> notices_pb2.ListNoticesResponse:
        page = Page.of(request)
        found = await self._database.read(
            lambda session: store.page(
                session, open_only=request.open_only, hotel=request.hotel, after=page.after, limit=page.lookahead
            )
        )
        shown, token = page.cut(found, lambda notice: notice.name)
        return notices_pb2.ListNoticesResponse(
            notices=map(notice_message, shown),
            next_page_token=token,
        )

    async def read_notice(self, request: notices_pb2.ReadNoticeRequest) -> notices_pb2.NoticePage:
        name = self._tokens.read(request.token)
        return await self._page(await self._database.read(lambda session: _known(session, name)))

    async def acknowledge_notice(self, request: notices_pb2.AcknowledgeNoticeRequest) -> notices_pb2.NoticePage:
        name, now = self._tokens.read(request.token), self._clock()

        def work(session: Session) -> notices_pb2.NoticePage:
            notice = _known(session, name).acknowledged(now)
            store.put(session, notice)
            return notices_pb2.NoticePage(notice=notice_message(notice))

        await self._database.command(work)  # what the page says is asked of others, and no part of what is kept
        return await self._page(await self._database.read(lambda session: _known(session, name)))

    async def _page(self, notice: Notice) -> notices_pb2.NoticePage:
        """What the hotel reads. Raises NotFound where hotel or booking are not there any more."""
        booking, contact = await asyncio.gather(
            self._sources.booking(notice.booking), self._sources.contact(notice.hotel)
        )
        reader = None if booking is None else await self._for_hotels.reader(booking, contact or HotelContact())
        if reader is None:
            raise NotFound(notice.name)
        page = hotel_page(
            reader.words, reader.stay, acknowledged=notice.acknowledge_time, stands=notice.withdraw_time is None
        )
        return page_message(notice, page, reader.words.language)


def _known(session: Session, name: str) -> Notice:
    """The notice of a good token, which may be there no more: then the link leads nowhere."""
    try:
        return store.get(session, name)
    except NotFound:
        raise NoticeTokenInvalid("token", "is of a notice that is not kept any more") from None
