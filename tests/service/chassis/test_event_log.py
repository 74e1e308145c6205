"""What happened can be listed, watched, and sent once more; what is old and told to everybody goes; how far behind
subscribers are is measured."""

from __future__ import annotations

import asyncio
import time
import uuid
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from chassis.events.pruning import LONGER, prune
from chassis.observability.trace import Trace
from chassis.server.authentication import AUTHORIZATION
from chassis.storage.tables import INBOX, OUTBOX, RELAYED
from innkeeper.events.v1 import event_log_pb2 as pb
from innkeeper.events.v1.event_log_pb2_grpc import EventLogServiceStub
from innkeeper.events.v1.events_pb2 import Event
from tests.conftest import StartPlatform
from tests.errors import refused
from tests.toy.letters import log_of
from tests.toy.listener import Listener, happened, recorded, subscriber
from tests.toy.service import NOTES, identity_of, started, texts, toy, until

DAY = timedelta(days=1)


def replaying(**which: Any) -> pb.ReplayEventsRequest:
    return pb.ReplayEventsRequest(service="toy", request_id=str(uuid.uuid4()), **which)


def lost(session: Session) -> None:
    """Everything that the service had is gone."""
    session.execute(delete(INBOX))
    session.execute(delete(NOTES))


def age(session: Session, by: timedelta) -> None:
    """All that happened and was taken in so far was so much earlier."""
    session.execute(update(OUTBOX).values(occur_time=datetime.now(UTC) - by))
    session.execute(update(INBOX).values(take_time=datetime.now(UTC) - by))


def numbers(events: Any) -> list[int]:
    return [event.sequence for event in events]


async def test_events_are_listed_in_order_and_in_pages(toys: StartPlatform) -> None:
    running = await toys(toy())

    def work(session: Session) -> None:
        for number in range(6):
            happened(session, str(number), to=f"notes/{number % 2}")
        recorded(session, b"x" * 20_000)

    await running.database("toy").write(work)
    log = log_of(running)
    first = await log.ListEvents(pb.ListEventsRequest(service="toy", page_size=4))
    rest = await log.ListEvents(pb.ListEventsRequest(service="toy", page_token=first.next_page_token))
    assert [*numbers(first.events), *numbers(rest.events)] == [1, 2, 3, 4, 5, 6, 7]
    assert rest.events[-1].payload.value == b"", "what is large is not shown"
    assert first.events[0].payload.TypeName() == "toy.v1.NoteKept"
    one = await log.ListEvents(pb.ListEventsRequest(service="toy", aggregate="notes/0"))
    assert numbers(one.events) == [1, 3, 5]
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"):
        await log.ListEvents(pb.ListEventsRequest(service="toy", aggregate="notes/0", page_token=first.next_page_token))


async def test_a_watch_tells_the_last_and_what_happens(toys: StartPlatform) -> None:
    running = await toys(toy())
    await running.database("toy").write(lambda session: happened(session, "one", "two", "three"))
    watch = log_of(running).WatchEvents(pb.WatchEventsRequest(service="toy", last=2))
    seen = [await anext(watch), await anext(watch)]
    await running.database("toy").write(lambda session: happened(session, "four"))
    assert numbers([*seen, await anext(watch)]) == [2, 3, 4]
    on = log_of(running).WatchEvents(pb.WatchEventsRequest(service="toy", after_sequence=3))
    assert (await anext(on)).sequence == 4
    await watch.aclose()
    await on.aclose()


async def test_a_watch_ends_with_the_process(tmp_path: Path) -> None:
    async with AsyncExitStack() as outside:
        async with started(tmp_path, toy(), drain_seconds=30.0) as running:
            await running.database("toy").write(lambda session: happened(session, "one"))
            stub = EventLogServiceStub(await outside.enter_async_context(grpc.aio.insecure_channel(running.address)))
            metadata = ((AUTHORIZATION, f"Bearer {running.identity.sign('clients/cli', running.scopes)}"),)
            watch = stub.WatchEvents(pb.WatchEventsRequest(service="toy", last=1), metadata=metadata)
            assert numbers([await watch.read()]) == [1]
            begun = time.monotonic()
        assert await watch.read() is grpc.aio.EOF
        assert time.monotonic() - begun < 10, "nobody waits for those who watch"


@pytest.mark.direct_events
async def test_a_subscriber_that_lost_its_database_is_sent_everything_once_more(toys: StartPlatform) -> None:
    running = await toys(toy(), subscriber(listener := Listener()), subscriber(other := Listener(), "other"))
    await running.database("toy").write(lambda session: happened(session, "one", "two", "three"))
    await running.settled()
    await running.database("listener").write(lost)
    answer = await log_of(running).ReplayEvents(replaying(from_sequence=2))
    assert {each.subscriber: each.event_count for each in answer.replays} == {"listener": 2, "other": 2}
    assert answer.earliest_time.ToDatetime(UTC) < datetime.now(UTC)
    await running.settled()
    assert await running.database("listener").read(texts) == ["three", "two"]
    answer = await log_of(running).ReplayEvents(replaying(from_time=Timestamp(), subscriber="listener"))
    assert [(each.subscriber, each.event_count) for each in answer.replays] == [("listener", 3)]
    await running.settled()
    assert await running.database("listener").read(texts) == ["one", "three", "two"]
    assert other.texts == ["one", "two", "three"], "it had lost nothing"
    assert listener.texts == ["one", "two", "three", "two", "three", "one"]


async def test_what_an_inbox_may_have_forgotten_is_not_replayed(toys: StartPlatform) -> None:
    running = await toys(toy(), subscriber(listener := Listener()), event_days=3)
    await running.database("toy").write(lambda session: happened(session, "old"))
    await running.settled()
    await running.database("toy").write(lambda session: age(session, 4 * DAY))
    await running.database("toy").write(lambda session: happened(session, "new"))
    await running.settled()
    await running.database("listener").write(lost)
    answer = await log_of(running).ReplayEvents(replaying(from_sequence=1))
    assert [each.event_count for each in answer.replays] == [1]
    await running.settled()
    assert listener.texts == ["old", "new", "new"]


@pytest.mark.direct_events
async def test_a_replay_goes_to_those_who_subscribe(toys: StartPlatform) -> None:
    running = await toys(toy(), subscriber(Listener()))
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD"):
        await log_of(running).ReplayEvents(replaying(from_sequence=1, subscriber="stranger"))


async def test_a_replay_does_not_move_forward(toys: StartPlatform, unused_tcp_port: int) -> None:
    away = subscriber(Listener())
    running = await toys(toy(), catalogue=[away], addresses={"listener": f"127.0.0.1:{unused_tcp_port}"})
    await running.database("toy").write(lambda session: happened(session, "one", "two", "three"))
    answer = await log_of(running).ReplayEvents(replaying(from_sequence=3))
    assert [each.event_count for each in answer.replays] == [3]


@pytest.mark.direct_events
async def test_what_is_old_and_told_to_all_is_forgotten(tmp_path: Path) -> None:
    async with started(tmp_path, toy(), subscriber(Listener())) as running:
        database, there = running.database("toy"), running.database("listener")
        await database.write(lambda session: happened(session, *map(str, range(1200))))
        await running.settled()
        await database.write(lambda session: age(session, 5 * DAY))
        await there.write(lambda session: age(session, 5 * DAY + LONGER))
        await database.write(lambda session: happened(session, "new"))
        await running.settled()
        await prune(database, frozenset({"listener", "away"}), 4 * DAY)
        assert await database.read(lambda session: session.scalar(select(func.count()).select_from(OUTBOX))) == 1201
        await prune(database, frozenset({"listener"}), 4 * DAY)
        await prune(there, frozenset(), 4 * DAY)
        assert await database.read(lambda session: session.scalars(select(OUTBOX.c.sequence)).all()) == [1201]
        assert len(await there.read(lambda session: session.scalars(select(INBOX.c.event_id)).all())) == 1


async def test_numbers_go_on_after_everything_was_forgotten(tmp_path: Path) -> None:
    async with started(tmp_path, toy(), subscriber(listener := Listener())) as running:
        database = running.database("toy")
        await database.write(lambda session: happened(session, "one", "two"))
        await running.settled()
        await database.write(lambda session: age(session, 5 * DAY))
        await prune(database, frozenset({"listener"}), 4 * DAY)
        await database.write(lambda session: happened(session, "three"))
        await running.settled()
    assert listener.heard == [(1, "one"), (2, "two"), (3, "three")]


async def test_relays_of_one_source_take_turns(tmp_path: Path) -> None:
    listening = subscriber(listener := Listener())
    identity = identity_of(toy(), listening)
    async with started(tmp_path / "there", listening, catalogue=[toy()], identity=identity) as there:
        away = {"catalogue": [listening], "identity": identity, "addresses": {"listener": there.address}}
        async with (
            started(tmp_path / "here", toy(), **away) as one,
            started(tmp_path / "here", toy(), **away) as other,
        ):
            for round_ in range(20):
                await asyncio.gather(
                    *(
                        running.database("toy").write(
                            lambda session, text=f"{round_} {number}": happened(session, text)  # type: ignore[misc]
                        )
                        for number, running in enumerate((one, other, one, other))
                    )
                )
            await one.settled()
            await other.settled()
    assert [sequence for sequence, _ in listener.heard] == list(range(1, 81))


async def test_a_relay_that_died_keeps_nobody_waiting_for_long(tmp_path: Path) -> None:
    async with started(tmp_path, toy(), catalogue=[subscriber(Listener())]) as alone:
        await alone.database("toy").write(lambda session: happened(session, "one"))

        def held(session: Session) -> None:
            ahead = datetime.now(UTC) + timedelta(seconds=0.3)
            values = {"subscriber": "listener", "sequence": 0, "holder": str(uuid.uuid4()), "hold_time": ahead}
            session.execute(RELAYED.insert().values(**values))

        await alone.database("toy").write(held)
    async with started(tmp_path, toy(), subscriber(listener := Listener())) as again:
        await again.settled()
        assert listener.texts == ["one"]


@pytest.mark.direct_events
async def test_how_far_behind_subscribers_are(toys: StartPlatform, unused_tcp_port: int) -> None:
    away = subscriber(Listener(), "away")
    running = await toys(
        toy(), subscriber(Listener()), catalogue=[away], addresses={"away": f"127.0.0.1:{unused_tcp_port}"}
    )
    await running.database("toy").write(lambda session: happened(session, "one", "two"))
    await running.database("toy").write(lambda session: age(session, timedelta(seconds=100)))
    await running.database("toy").write(lambda session: recorded(session, b"", kind="toy.v2.NoteKept"))

    def told() -> bool:
        text = running.platform.metrics.text().decode()
        return (
            'innkeeper_dead_letters{service="listener"} 1.0' in text
            and 'innkeeper_events_unsent{source="toy",subscriber="listener"} 0.0' in text
        )

    await until(told)
    text = running.platform.metrics.text().decode()
    assert 'innkeeper_events_unsent{source="toy",subscriber="away"} 3.0' in text
    waits = 'innkeeper_events_oldest_unsent_age_seconds{source="toy",subscriber="away"}'
    (oldest,) = (line for line in text.splitlines() if line.startswith(waits))
    assert 100 <= float(oldest.split()[-1]) < 200
    assert 'innkeeper_dead_letters{service="toy"} 0.0' in text


async def test_an_effect_is_in_the_trace_of_its_cause(toys: StartPlatform) -> None:
    def announcing(session: Session, event: Event, payload: Any) -> None:
        happened(session, "heard")

    running = await toys(toy(), subscriber(announcing))
    cause = Trace.root()

    def work(session: Session) -> None:
        session.info["traceparent"] = cause.traceparent
        happened(session, "one")

    await running.database("toy").write(work)
    await running.settled()
    parents = await running.database("listener").read(
        lambda session: session.scalars(select(OUTBOX.c.traceparent)).all()
    )
    effect = Trace.parse(parents[0])
    assert effect is not None
    assert effect.trace == cause.trace
    assert effect.span != cause.span


@pytest.mark.parametrize("name", ["", "no spaces", "nötes/1", "x" * 257])
async def test_an_aggregate_has_a_name_that_all_will_take(toys: StartPlatform, name: str) -> None:
    running = await toys(toy())
    with pytest.raises(ValueError, match="resource name"):
        await running.database("toy").write(lambda session: happened(session, "one", to=name))
