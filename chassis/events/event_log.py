"""EventLogService: shows what became of the events of this process, and brings them on their way again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import RowMapping

from chassis.dates import to_timestamp
from chassis.events import dead_letters, outbox
from chassis.events.inbox import Inbox
from chassis.events.redrive import Redrive
from chassis.events.relay import Relay
from chassis.events.replay import replay
from chassis.events.transport import Source
from chassis.paging import Page
from chassis.refusal import InvalidField, InvalidPageToken, NotFound
from chassis.storage.database import Database
from chassis.storage.session import Session
from innkeeper.events.v1 import event_log_pb2 as pb
from innkeeper.events.v1.events_pb2 import Event

LOOK_EVERY: Final = 0.2
"""Seconds between two looks at what happens."""

DIGITS: Final = 18
"""How many digits a number of an event has at most: databases count no further than to 2⁶³."""

SHOWN_TOGETHER: Final = 100
LARGEST_PAGE: Final = 1024 * 1024
"""Bytes of events in one answer."""


class EventLogServicer:
    """Answers for each service of the process; all three are filled before the first call.

    Args:
        sources: The services whose logs these are, by name.
        inboxes: Of those that subscribe to something.
        relays: What sends their events.
        keep_days: For how long an event can be replayed.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        inboxes: Mapping[str, Inbox],
        relays: Mapping[str, Relay],
        keep_days: int,
    ) -> None:
        self._sources = sources
        self._inboxes = inboxes
        self._relays = relays
        self._keep = timedelta(days=keep_days)
        self._leaving = asyncio.Event()

    def drain(self) -> None:
        """Ends the watches."""
        self._leaving.set()

    async def list_events(self, request: pb.ListEventsRequest) -> pb.ListEventsResponse:
        database, page = self._database(request.service), Page.of(request)
        after = _number(page.after)
        found = await database.read(
            partial(
                outbox.shown, source=request.service, after=after, limit=page.lookahead, aggregate=request.aggregate
            )
        )
        shown, token = page.cut(found, lambda event: str(event.sequence))
        size = 0
        for index, event in enumerate(shown):
            size += event.ByteSize()
            if size > LARGEST_PAGE and index:
                shown, token = shown[:index], page.next_token(str(shown[index - 1].sequence))
                break
        return pb.ListEventsResponse(events=shown, next_page_token=token)

    async def watch_events(self, request: pb.WatchEventsRequest) -> AsyncIterator[Event]:
        database = self._database(request.service)
        after = request.after_sequence or await database.read(
            partial(outbox.nth_last, count=request.last, aggregate=request.aggregate)
        )
        look = partial(_look, source=request.service, aggregate=request.aggregate)
        while not self._leaving.is_set():
            events, after = await database.read(partial(look, after=after))
            for event in events:
                yield event
            if not events:
                await self._pause()

    async def list_dead_letters(self, request: pb.ListDeadLettersRequest) -> pb.ListDeadLettersResponse:
        database, page = self._database(request.service), Page.of(request)
        after = _place(page.after)
        found = await database.read(
            partial(dead_letters.listed, aggregate=request.aggregate, after=after, limit=page.lookahead)
        )
        shown, token = page.cut(found, _key)
        return pb.ListDeadLettersResponse(dead_letters=map(_letter, shown), next_page_token=token)

    async def redrive_dead_letters(self, request: pb.RedriveDeadLettersRequest) -> pb.RedriveDeadLettersResponse:
        database, relay = self._database(request.service), self._relays[request.service]
        inbox = self._inboxes.get(request.service)
        redrive = Redrive(database=database, inbox=inbox, deliver=relay.deliver, max_bytes=relay.max_bytes)
        redriven, left = await redrive.all(request.aggregate)
        return pb.RedriveDeadLettersResponse(redriven_count=redriven, left_count=left)

    async def replay_events(self, request: pb.ReplayEventsRequest) -> pb.ReplayEventsResponse:
        database, relay = self._database(request.service), self._relays[request.service]
        start = request.from_sequence if request.HasField("from_sequence") else request.from_time.ToDatetime(UTC)
        cursors = relay.told_for(request.subscriber)
        if not cursors:
            known = ", ".join(sorted(relay.deliver)) or "nobody"
            raise InvalidField("subscriber", f"{request.service} does not send to {request.subscriber}, but to {known}")
        kept_since = datetime.now(UTC) - self._keep
        done = await database.write(partial(replay, cursors=cursors, start=start, kept_since=kept_since))
        relay.wake()
        response = pb.ReplayEventsResponse(
            replays=[
                pb.ReplayEventsResponse.Replay(subscriber=cursor, event_count=count)
                for cursor, count in done.events.items()
            ]
        )
        if done.earliest is not None:
            response.earliest_time.CopyFrom(to_timestamp(done.earliest))
        return response

    def _database(self, service: str) -> Database:
        """Raises NotFound."""
        source = self._sources.get(service)
        if source is None:
            raise NotFound(f"event log of {service} here")
        return source.database

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._leaving.wait(), LOOK_EVERY)
        except TimeoutError:
            return


def _look(session: Session, source: str, aggregate: str, after: int) -> tuple[list[Event], int]:
    """What happened next, and after which number to look on: behind all that happened to other aggregates, too."""
    events = outbox.shown(session, source, after, SHOWN_TOGETHER, aggregate=aggregate)
    if len(events) == SHOWN_TOGETHER:
        return events, events[-1].sequence
    return events, max(after, outbox.newest(session))


def _number(key: str | None) -> int:
    """Raises InvalidPageToken."""
    if key is None:
        return 0
    if not key.isascii() or not key.isdigit() or len(key) > DIGITS:
        raise InvalidPageToken
    return int(key)


def _key(letter: RowMapping) -> str:
    return json.dumps([letter[name] for name in ("subscriber", "source", "aggregate", "sequence", "event_id")])


def _place(key: str | None) -> list[str | int]:
    """Raises InvalidPageToken."""
    if key is None:
        return []
    try:
        place = json.loads(key)
    except ValueError:
        raise InvalidPageToken from None
    if not isinstance(place, list) or [type(part) for part in place] != [str, str, str, int, str]:
        raise InvalidPageToken
    _number(str(place[3]))
    return place


def _letter(row: RowMapping) -> pb.DeadLetter:
    letter = pb.DeadLetter(
        subscriber=row["subscriber"],
        event_id=row["event_id"],
        source=row["source"],
        aggregate=row["aggregate"],
        sequence=row["sequence"],
        occur_time=to_timestamp(row["occur_time"]),
        type=row["type"],
        payload_bytes=row["payload_bytes"],
        reason=row["reason"],
        detail=row["detail"],
        attempts=row["attempts"],
        park_time=to_timestamp(row["park_time"]),
    )
    if row["retry_time"] is not None:
        letter.retry_time.CopyFrom(to_timestamp(row["retry_time"]))
    return letter
