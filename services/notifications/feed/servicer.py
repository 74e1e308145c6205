"""The RPCs by which users see what they are told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

from chassis.context import principal
from chassis.feeds.log import ALL
from chassis.feeds.watching import Watching
from chassis.paging import Page
from chassis.refusal import NotFound
from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from innkeeper.notifications.v1 import feed_pb2
from services.notifications.feed import store
from services.notifications.feed.messages import event_message, notification_message
from services.notifications.feed.notification import Notification


class FeedServicer:
    """Shows users what they were told, notes what they have read, and tells those who watch."""

    def __init__(self, database: Database, clock: Clock, watching: Watching[Notification]) -> None:
        self._database = database
        self._clock = clock
        self._watching = watching

    async def list_notifications(
        self, request: feed_pb2.ListNotificationsRequest
    ) -> feed_pb2.ListNotificationsResponse:
        _require_own(request.parent)
        page = Page.of(request)
        found = await self._database.read(
            lambda session: store.page(
                session, request.parent, after=page.after, limit=page.lookahead, unread_only=request.unread_only
            )
        )
        shown, token = page.cut(found, lambda notification: notification.name)
        return feed_pb2.ListNotificationsResponse(
            notifications=map(notification_message, shown),
            next_page_token=token,
        )

    async def mark_notifications_read(
        self, request: feed_pb2.MarkNotificationsReadRequest
    ) -> feed_pb2.MarkNotificationsReadResponse:
        _require_own(request.parent)

        def work(session: Session) -> feed_pb2.MarkNotificationsReadResponse:
            marked = store.mark_read(session, request.parent, through=request.through_event, now=self._clock())
            return feed_pb2.MarkNotificationsReadResponse(marked=marked)

        return await self._database.command(work)

    async def watch_notifications(
        self, request: feed_pb2.WatchNotificationsRequest
    ) -> AsyncIterator[feed_pb2.NotificationEvent]:
        _require_own(request.user)
        async with aclosing(self._watching.watch(store.of_user(request.user), request.after_event)) as events:
            async for event in events:
                yield event_message(event)

    async def watch_all_notifications(
        self, request: feed_pb2.WatchAllNotificationsRequest
    ) -> AsyncIterator[feed_pb2.NotificationEvent]:
        after = request.after_event or await self._database.read(store.LOG.newest)
        async with aclosing(self._watching.watch(ALL, after)) as events:
            async for event in events:
                yield event_message(event)


def _require_own(user: str) -> None:
    """Raises NotFound for somebody else's."""
    if not principal().may_see(user):
        raise NotFound(user)
