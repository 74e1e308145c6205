"""What users are told, in the words of the contract."""

from __future__ import annotations

from chassis.dates import to_timestamp
from chassis.feeds.watching import Current
from innkeeper.notifications.v1.feed_pb2 import Notification as NotificationMessage
from innkeeper.notifications.v1.feed_pb2 import NotificationEvent
from services.notifications.feed.notification import Notification


def notification_message(notification: Notification) -> NotificationMessage:
    """The notification as its user sees it."""
    return NotificationMessage(
        name=notification.name,
        kind=NotificationMessage.Kind.Value(f"KIND_{notification.kind.name}"),
        booking=notification.booking,
        occur_time=to_timestamp(notification.occur_time),
        read_time=to_timestamp(notification.read_time) if notification.read_time else None,
    )


def event_message(event: Notification | Current) -> NotificationEvent:
    """The step of a watch as watchers see it."""
    if isinstance(event, Current):
        return NotificationEvent(id=event.id, type=NotificationEvent.TYPE_CURRENT)
    return NotificationEvent(
        id=event.id,
        type=NotificationEvent.TYPE_CREATED,
        user=event.user,
        notification=notification_message(event),
    )
