"""What is larger than may be sent is put aside at its source, and keeps nothing else from going."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from innkeeper.events.v1.events_pb2 import Event
from tests.toy.letters import letters, reasons, redriven
from tests.toy.listener import Listener, happened, subscriber
from tests.toy.service import NOTES, identity_of, keep, started, texts, toy

MEGABYTE = 1024 * 1024


def in_order(session: Session) -> list[str]:
    """What the notes say, in the order in which they were kept."""
    return list(session.scalars(select(NOTES.c.text).order_by(literal_column("rowid"))))


@pytest.mark.direct_events
async def test_what_is_larger_than_may_be_sent_is_put_aside_at_the_source(tmp_path: Path) -> None:
    large = "x" * (10 * MEGABYTE)

    def shortened(session: Session, event: Event, payload: Any) -> None:
        keep(session, payload.text[:10])

    async with started(tmp_path, toy(), subscriber(shortened), subscriber(Listener(), "other")) as running:

        def work(session: Session) -> None:
            happened(session, "before", large, "behind")
            happened(session, "beside", to="notes/2")

        await running.database("toy").write(work)
        await running.settled()
        for name in ("listener", "other"):
            assert await running.database(name).read(texts) == ["before", "beside"]
        assert await letters(running) == []
        found = await letters(running, "toy")
        assert [letter.subscriber for letter in found] == ["listener"] * 2 + ["other"] * 2
        assert reasons(found) == ["TOO_LARGE", "BEHIND"] * 2
        assert "INNKEEPER_MAX_EVENT_BYTES" in found[0].detail
        assert found[0].payload_bytes > 10 * MEGABYTE
        await running.database("toy").write(lambda session: happened(session, "later"))
        await running.settled()
        assert await redriven(running, "toy") == (0, 6), "it is as large as before"

    settings = {"max_event_bytes": 16 * MEGABYTE}
    async with started(tmp_path, toy(), subscriber(shortened), **settings) as raised:
        assert await redriven(raised, "toy") == (3, 3), "and nobody is there to be told who listened then"
        await raised.database("toy").write(lambda session: happened(session, "last"))
        await raised.settled()
        assert await raised.database("listener").read(in_order) == [
            "before", "beside", "xxxxxxxxxx", "behind", "later", "last",
        ]  # fmt: skip


@pytest.mark.direct_events
async def test_what_is_large_goes_to_another_process_as_well(tmp_path: Path) -> None:
    lengths: list[int] = []
    listening = subscriber(lambda session, event, payload: lengths.append(len(payload.text)))
    identity = identity_of(toy(), listening)
    raised = {"max_event_bytes": 16 * MEGABYTE}
    async with (
        started(tmp_path / "there", listening, catalogue=[toy()], identity=identity, **raised) as there,
        started(
            tmp_path / "here",
            toy(),
            catalogue=[listening],
            identity=identity,
            addresses={"listener": there.address},
            **raised,
        ) as here,
    ):
        await here.database("toy").write(lambda session: happened(session, "one", "x" * (10 * MEGABYTE), "three"))
        await here.settled()
        assert lengths == [3, 10 * MEGABYTE, 5]


@pytest.mark.direct_events
async def test_a_process_that_takes_less_does_not_hold_up_the_rest(tmp_path: Path) -> None:
    listening = subscriber(listener := Listener())
    identity = identity_of(toy(), listening)
    async with (
        started(tmp_path / "there", listening, catalogue=[toy()], identity=identity) as there,
        started(
            tmp_path / "here",
            toy(),
            catalogue=[listening],
            identity=identity,
            addresses={"listener": there.address},
            max_event_bytes=16 * MEGABYTE,
        ) as here,
    ):

        def work(session: Session) -> None:
            happened(session, "one", "x" * (10 * MEGABYTE))
            happened(session, "beside", to="notes/2")

        await here.database("toy").write(work)
        await here.settled()
        assert listener.texts == ["one", "beside"]
        assert reasons(await letters(here, "toy")) == ["TOO_LARGE"]
