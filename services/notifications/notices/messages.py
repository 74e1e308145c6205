"""Notices in the words of the contract."""

from __future__ import annotations

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.dates import to_timestamp
from innkeeper.notifications.v1 import notices_pb2
from services.notifications.letters.letter import Said
from services.notifications.letters.to_hotels import Page
from services.notifications.notices.notice import Notice


def notice_message(notice: Notice) -> notices_pb2.Notice:
    """The notice as staff see it."""
    return notices_pb2.Notice(
        name=notice.name,
        state=notices_pb2.Notice.State.Value(f"STATE_{notice.state.name}"),
        booking=notice.booking,
        hotel=notice.hotel,
        create_time=to_timestamp(notice.create_time),
        send_time=_when(notice.send_time),
        escalate_time=_when(notice.escalate_time),
        acknowledge_time=_when(notice.acknowledge_time),
    )


def page_message(notice: Notice, page: Page, language: str) -> notices_pb2.NoticePage:
    """The notice as the hotel reads it."""
    return notices_pb2.NoticePage(
        notice=notice_message(notice),
        language_code=language,
        title=_plain(page.title),
        text=_plain(page.text),
        action="" if page.action is None else _plain(page.action),
        facts=[notices_pb2.NoticePage.Fact(label=_plain(label), value=_plain(value)) for label, value in page.facts],
    )


def _plain(said: Said) -> str:
    """Whoever shows it sets it apart from its surroundings."""
    return said if isinstance(said, str) else said.line


def _when(time: datetime | None) -> Timestamp | None:
    return None if time is None else to_timestamp(time)
