"""What happened is told to every subscriber, in order, until it has taken effect there: once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import grpc
import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis.observability.trace import Trace
from chassis.storage.tables import DEAD_LETTERS, INBOX, OUTBOX, RELAYED
from innkeeper.events.v1.events_pb2 import DeliverEventRequest, DeliverEventsRequest, Event
from innkeeper.events.v1.events_pb2_grpc import EventSinkServiceStub
from tests.conftest import StartPlatform
from tests.errors import refused
from tests.toy import contract
from tests.toy.contract import message, told
from tests.toy.listener import Listener, Unable, event, happened, subscriber
from tests.toy.service import Toy, identity_of, keep, started, texts, toy, until


def numbered(count: int) -> list[str]:
    return [f"{number:04}" for number in range(count)]


async def test_an_event_takes_effect_with_each_subscriber(toys: StartPlatform) -> None:
    listeners = {"listener": Listener(), "other": Listener()}
    running = await toys(toy(), *(subscriber(handle, name) for name, handle in listeners.items()))
    await running.database("toy").write(lambda session: happened(session, "one", "two"))
    await running.settled()
    for name, listener in listeners.items():
        assert await running.database(name).read(texts) == ["one", "two"]
        assert [text for _, text in listener.heard] == ["one", "two"]


async def test_what_is_rolled_back_did_not_happen(toys: StartPlatform) -> None:
    running = await toys(toy(), subscriber(Listener()))

    def change_of_mind(session: Session) -> None:
        happened(session, "never")
        raise Unable

    with pytest.raises(Unable):
        await running.database("toy").write(change_of_mind)
    await running.database("toy").write(lambda session: happened(session, "one"))
    await running.settled()
    assert await running.database("listener").read(texts) == ["one"]


async def test_events_of_many_at_once_keep_their_order(toys: StartPlatform) -> None:
    listener = Listener()
    running = await toys(toy(), subscriber(listener))
    database = running.database("toy")
    await asyncio.gather(
        *(database.write(lambda session, text=text: happened(session, text)) for text in numbered(250))  # type: ignore[misc]
    )
    await running.settled()
    assert [sequence for sequence, _ in listener.heard] == list(range(1, 251))
    assert await running.database("listener").read(texts) == numbered(250)


async def test_a_subscriber_that_fails_tries_again_and_holds_up_nobody(toys: StartPlatform) -> None:
    weak, strong = Listener("two", times=2), Listener()
    running = await toys(toy(), subscriber(weak), subscriber(strong, "other"))
    await running.database("toy").write(lambda session: happened(session, "one", "two", "three"))
    await running.database("toy").write(lambda session: happened(session, "four", to="notes/2"))
    await until(lambda: len(strong.heard) == 4 and len(weak.heard) >= 2)
    assert weak.texts[:2] == ["one", "four"], "what happened to another note does not wait"
    await running.settled()
    assert weak.texts == ["one", "four", "two", "three"]
    assert await running.database("listener").read(texts) == ["four", "one", "three", "two"]


async def test_the_relay_goes_on_where_it_was(tmp_path: Path) -> None:
    async with started(tmp_path, toy(), catalogue=[subscriber(Listener())]) as alone:
        await alone.database("toy").write(lambda session: happened(session, "before"))
        await alone.settled()
    async with started(tmp_path, toy(), subscriber(listener := Listener())) as both:
        await both.settled()
        await both.database("toy").write(lambda session: happened(session, "after"))
        await both.settled()
    assert listener.heard == [(1, "before"), (2, "after")]


async def test_what_is_delivered_again_has_no_further_effect(tmp_path: Path) -> None:
    async with started(tmp_path, toy(), subscriber(first := Listener())) as running:
        await running.database("toy").write(lambda session: happened(session, "one", "two"))
        await running.settled()
        # The process dies after the effect was stored, and before that was noted.
        await running.database("toy").write(lambda session: session.execute(delete(RELAYED)))
    assert len(first.heard) == 2
    async with started(tmp_path, toy(), subscriber(second := Listener())) as again:
        await again.settled()
        assert await again.database("listener").read(texts) == ["one", "two"]
        told_up_to = await again.database("toy").read(lambda session: session.scalars(select(RELAYED.c.sequence)).all())
    assert (second.heard, told_up_to) == ([], [2])


async def test_a_failed_effect_leaves_no_trace_but_a_letter(toys: StartPlatform) -> None:
    def half_way(session: Session, event: Event, payload: Any) -> None:
        keep(session, payload.text)
        raise Unable

    running = await toys(toy(), subscriber(half_way))
    failing = event("one")
    sink = running.inside(EventSinkServiceStub, as_service="toy")
    await sink.DeliverEvent(DeliverEventRequest(event=failing, request_id=failing.id))
    database = running.database("listener")
    assert await database.read(texts) == []
    assert await database.read(lambda session: session.scalars(select(INBOX.c.event_id)).all()) == []
    assert await database.read(lambda session: session.scalars(select(DEAD_LETTERS.c.event_id)).all()) == [failing.id]


async def test_a_sink_takes_in_an_event_once(toys: StartPlatform) -> None:
    running = await toys(toy(), subscriber(listener := Listener()))
    one = event("one", 7)
    sink = running.inside(EventSinkServiceStub, as_service="toy")
    alone = DeliverEventRequest(event=one, request_id=one.id)
    twice = DeliverEventsRequest(subscriber="listener", events=[one, one], request_id=one.id)
    await asyncio.gather(*(sink.DeliverEvent(alone) for _ in range(5)), *(sink.DeliverEvents(twice) for _ in range(5)))
    assert listener.heard == [(7, "one")]


async def test_a_sink_takes_in_events_in_their_order(toys: StartPlatform) -> None:
    running = await toys(toy(), subscriber(listener := Listener()), subscriber(other := Listener(), "other"))
    events = [event(text, number) for number, text in enumerate(numbered(300), 1)]
    sink = running.inside(EventSinkServiceStub, as_service="toy")
    await sink.DeliverEvents(DeliverEventsRequest(subscriber="listener", events=events, request_id=events[0].id))
    assert listener.texts == numbered(300)
    assert other.heard == []


async def test_a_sink_tells_who_is_not_here(toys: StartPlatform) -> None:
    running = await toys(toy(), subscriber(Listener()))
    one = event("one")
    sink = running.inside(EventSinkServiceStub, as_service="toy")
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await sink.DeliverEvents(DeliverEventsRequest(subscriber="stranger", events=[one], request_id=one.id))
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await sink.DeliverEvent(DeliverEventRequest(subscriber="toy", event=one, request_id=one.id))


async def test_a_sink_is_closed_to_users(toys: StartPlatform) -> None:
    running = await toys(toy(), subscriber(Listener()))
    sink = running.stub(EventSinkServiceStub, token=running.token("users/ada", ["events.deliver"]))
    async with refused(grpc.StatusCode.PERMISSION_DENIED, "INTERNAL_METHOD"):
        await sink.DeliverEvent(DeliverEventRequest())


async def test_an_event_says_in_which_call_it_happened(toys: StartPlatform) -> None:
    def telling(kit: Any) -> Toy:
        async def tell(request: Any) -> Any:
            await kit.database.write(lambda session: happened(session, request.text))
            return told("done")

        return Toy(tell=tell)

    running = await toys(toy(telling))
    stub = running.stub(contract.toy_stub, token=running.token("users/ada", ["toys.read"]))
    trace = Trace.root()
    await stub.Tell(message("TellRequest", text="one"), metadata=(("traceparent", trace.traceparent),))
    parents = await running.database("toy").read(lambda session: session.scalars(select(OUTBOX.c.traceparent)).all())
    recorded = Trace.parse(parents[0])
    assert recorded is not None
    assert recorded.trace == trace.trace


@pytest.mark.direct_events
async def test_a_subscriber_in_another_process(toys: StartPlatform, tmp_path: Path) -> None:
    listening = subscriber(listener := Listener())
    identity = identity_of(toy(), listening)
    there = await toys(listening, catalogue=[toy()], identity=identity, data_dir=tmp_path / "there")
    here = await toys(
        toy(),
        catalogue=[listening],
        identity=identity,
        data_dir=tmp_path / "here",
        addresses={"listener": there.address},
    )
    await here.database("toy").write(lambda session: happened(session, "one", "two", "three"))
    await here.settled()
    assert listener.heard == [(1, "one"), (2, "two"), (3, "three")]
    assert await there.database("listener").read(texts) == ["one", "three", "two"]


async def test_a_subscriber_in_another_process_that_is_not_up_yet(
    toys: StartPlatform, tmp_path: Path, unused_tcp_port: int
) -> None:
    listening = subscriber(listener := Listener())
    identity = identity_of(toy(), listening)
    here = await toys(
        toy(),
        catalogue=[listening],
        identity=identity,
        data_dir=tmp_path / "here",
        addresses={"listener": f"127.0.0.1:{unused_tcp_port}"},
    )
    await here.database("toy").write(lambda session: happened(session, "one"))
    await toys(listening, catalogue=[toy()], identity=identity, data_dir=tmp_path / "there", port=unused_tcp_port)
    await until(lambda: listener.heard == [(1, "one")])
