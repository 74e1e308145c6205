"""Links in the words of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from chassis.dates import from_date, to_timestamp
from innkeeper.links.v1 import links_pb2
from services.links.link import Link


class Messages:
    """Writes links as callers see them; `public_url` is where they are followed."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    def link(self, link: Link, *, total: int = 0, days: Sequence[tuple[date, int]] = ()) -> links_pb2.Link:
        """The link, followed so often."""
        return links_pb2.Link(
            name=link.name,
            target=link.target,
            expire_time=None if link.expire_time is None else to_timestamp(link.expire_time),
            uri=f"{self._public_url}/l/{link.code}",
            click_count=total,
            daily_clicks=[links_pb2.DailyClicks(date=from_date(day), count=count) for day, count in days],
            create_time=to_timestamp(link.create_time),
        )
