"""Mails by SMTP, to a real server: with TLS and an account, once each, whatever the server does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest

from services.notifications.bounces import page
from services.notifications.mail import State
from services.notifications.sending.smtp.place import Place
from tests.service.notifications.sending.sorting_office import SortingOffice, opened, relay
from tests.smtp import USER, MailServer, Protection


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[MailServer]:
    started = await MailServer(directory=tmp_path).start()
    yield started
    await started.stop()


@pytest.fixture
async def room(server: MailServer, tmp_path: Path) -> AsyncIterator[SortingOffice]:
    database = opened(tmp_path)
    yield SortingOffice(database, relay(server.url, server.ca_file))
    database.close()


def stored_anywhere(room: SortingOffice, text: bytes) -> bool:
    """Whether the database has it in one of its files."""
    path = Path(str(room.database.engine.url.database))
    return any(text in file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


@pytest.mark.parametrize("protection", ["tls", "starttls"])
async def test_a_mail_by_tls_with_an_account(tmp_path: Path, protection: Protection) -> None:
    server = await MailServer(directory=tmp_path, protection=protection).start()
    room = SortingOffice(opened(tmp_path), relay(server.url, server.ca_file))
    async with room.at_work():
        name = await room.queued()
        mail = await room.comes_to(name)
    assert (mail.state, mail.attempts, mail.failure) == (State.SENT, 1, "")
    (taken,) = server.received
    assert (taken.encrypted, taken.user) == (True, USER)
    assert (taken.sender, taken.recipient) == ("desk@hotels.example", "ada@guests.example")
    assert taken.id == mail.message_id
    message = taken.message
    assert message["Subject"] == "Ihre Buchung 你好"
    assert message["From"].addresses[0].display_name == "Hotels & Söhne"
    assert message["Date"].datetime == mail.due_time.replace(microsecond=0)
    assert message["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in message
    body = cast(EmailMessage, message.get_body(("plain",)))
    assert "Grüß Gott" in body.get_content()
    assert [part.get_filename() for part in message.iter_attachments()] == ["réçu.pdf"]
    assert taken.content.isascii()
    assert max(map(len, taken.content.split(b"\r\n"))) <= 998
    room.database.close()
    await server.stop()


async def test_connections_are_kept(room: SortingOffice, server: MailServer) -> None:
    async with room.at_work():
        names = [await room.queued(f"users/u{number}") for number in range(30)]
        for name in names:
            await room.comes_to(name, State.SENT)
    assert sorted({mail.recipient for mail in server.received}) == sorted(f"u{n}@guests.example" for n in range(30))
    assert len(server.received) == 30
    assert len(server.peers) <= room.concurrency


async def test_one_mail_for_an_event_a_recipient_and_a_kind(room: SortingOffice, server: MailServer) -> None:
    async with room.at_work():
        first = await room.queued(event="e-1")
        await room.comes_to(first)
        assert await room.queued(event="e-1") == first
        others = [
            await room.queued(event="e-2"),
            await room.queued("users/bob", event="e-1"),
            await room.queued(event="e-1", kind="farewell"),
        ]
        for name in others:
            await room.comes_to(name)
    assert len({first, *others}) == len(server.received) == 4


REFUSALS: list[Any] = [
    pytest.param("550 5.1.1 no such user", "address-refused 550 5.1.1", True, id="no such user"),
    pytest.param("553 bad address", "address-refused 553", True, id="no enhanced code"),
    pytest.param("550 5.2.1 disabled", "address-refused 550 5.2.1", True, id="a mailbox that is closed"),
    pytest.param("552 5.2.2 full", "mailbox-full 552 5.2.2", False, id="a full mailbox is not so for ever"),
    pytest.param("552 full", "mailbox-full 552", False, id="a full mailbox without an enhanced code"),
    pytest.param("554 5.7.1 relaying denied", "not-let-in 554 5.7.1", False, id="policy says nothing of the address"),
]


@pytest.mark.parametrize(("answer", "failure", "listed"), REFUSALS)
async def test_an_address_that_is_refused(
    room: SortingOffice, server: MailServer, answer: str, failure: str, listed: bool
) -> None:
    server.refused["ada@guests.example"] = answer
    async with room.at_work():
        refused = await room.comes_to(await room.queued())
        assert (refused.state, refused.failure) == (State.FAILED, failure)
        server.refused.clear()
        room.letters.to["users/eve"] = "ADA@guests.example"
        again = await room.comes_to(await room.queued("users/eve"))
        other = await room.comes_to(await room.queued("users/bob"))
    assert again.state is (State.SUPPRESSED if listed else State.SENT)
    assert other.state is State.SENT
    bounces = await room.database.read(lambda session: page(session, recipient="", after=None, limit=9))
    assert [(bounce.mail, bounce.recipient, bounce.user) for bounce in bounces] == (
        [(refused.name, "users/ada", "users/ada")] if listed else []
    )
    assert not stored_anywhere(room, b"guests.example")


async def test_a_mail_that_is_put_off(room: SortingOffice, server: MailServer) -> None:
    server.greylisted["ada@guests.example"] = 2
    async with room.at_work():
        name = await room.queued()
        other = await room.comes_to(await room.queued("users/bob"))
        assert other.state is State.SENT
        for attempts in (1, 2):
            put_off = await room.until(name, lambda mail, attempts=attempts: mail.attempts == attempts)
            assert (put_off.state, put_off.failure) == (State.QUEUED, "put-off 451 4.7.1")
            room.later(hours=1)
        assert (await room.comes_to(name)).state is State.SENT
    assert len(server.to("ada@guests.example")) == 1


async def test_a_mail_that_is_put_off_for_days(room: SortingOffice, server: MailServer) -> None:
    server.greylisted["ada@guests.example"] = 99
    async with room.at_work():
        name = await room.queued()
        await room.until(name, lambda mail: mail.attempts == 1)
        room.later(days=5)
        mail = await room.comes_to(name)
        assert (mail.state, mail.failure) == (State.FAILED, "put-off 451 4.7.1")
        server.greylisted.clear()
        await room.database.write(lambda session: room.queue.requeue(session, name))
        sent = await room.comes_to(name)
    assert sent.state is State.SENT
    assert server.received[0].id == mail.message_id


async def test_content_that_is_refused(room: SortingOffice, server: MailServer) -> None:
    server.content = "554 5.6.0 no"
    async with room.at_work():
        mail = await room.comes_to(await room.queued())
        server.content = "250 OK"
        other = await room.comes_to(await room.queued())
    assert (mail.state, mail.failure) == (State.FAILED, "content-refused 554 5.6.0")
    assert other.state is State.SENT, "the address is not to blame"


async def test_a_connection_that_breaks_off_after_the_mail(room: SortingOffice, server: MailServer) -> None:
    server.dropped = 1
    async with room.at_work():
        name = await room.queued()
        lost = await room.until(name, lambda mail: mail.attempts == 1)
        assert (lost.state, lost.failure) == (State.QUEUED, "connection-lost")
        room.later(minutes=1)
        await room.comes_to(name, State.SENT)
    first, second = server.received
    assert first.id == second.id == lost.message_id
    assert first.message["Date"] == second.message["Date"]


async def test_a_server_that_is_away_for_ten_minutes(room: SortingOffice, server: MailServer) -> None:
    async with room.at_work():
        await room.comes_to(await room.queued("users/first"))
        await server.stop()
        names = [await room.queued(f"users/u{number}") for number in range(20)]
        for _ in range(20):
            room.later(seconds=30)
            await asyncio.sleep(0.01)
        composed = len(room.letters.composed)
        tried = sum([(await room.mail(name)).attempts for name in names])
        assert tried <= 1, "an outage is no try of any mail, but for one that was being sent"
        assert composed <= 1 + room.concurrency, "what nobody takes is not made"
        assert room.tally.away
        await server.start()
        room.later(seconds=31)
        for name in names:
            await room.comes_to(name, State.SENT)
    assert len(server.received) == 21
    assert len({mail.id for mail in server.received}) == 21
    assert not room.tally.away


@pytest.mark.parametrize("answer", ["421 4.3.2 closing", "451 4.3.0 later", "530 5.7.0 authenticate first"])
async def test_a_server_that_lets_nobody_in(room: SortingOffice, server: MailServer, answer: str) -> None:
    server.mail_from = answer
    async with room.at_work():
        names = [await room.queued(f"users/u{number}") for number in range(10)]
        await room.until(names[0], lambda mail: room.tally.away)
        server.mail_from = "250 OK"
        room.later(seconds=31)
        for name in names:
            assert (await room.comes_to(name)).attempts == 1
    assert len(server.received) == 10


async def test_a_server_that_is_slow_keeps_nobody_from_the_others(room: SortingOffice, server: MailServer) -> None:
    going = asyncio.Event()

    async def wait_for_ada() -> None:
        if server.received[-1].recipient == "ada@guests.example":
            await going.wait()

    server.once_taken = wait_for_ada
    async with room.at_work():
        slow = await room.queued()
        for number in range(5):
            await room.comes_to(await room.queued(f"users/u{number}"), State.SENT)
        assert (await room.mail(slow)).state is State.QUEUED
        going.set()
        await room.comes_to(slow, State.SENT)
    assert len(server.to("ada@guests.example")) == 1


async def test_two_replicas_send_each_mail_once(room: SortingOffice, server: MailServer) -> None:
    other = SortingOffice(room.database, relay(server.url, server.ca_file))
    async with room.at_work(), other.at_work():
        names = [await (room, other)[number % 2].queued(f"users/u{number}") for number in range(40)]
        room.sending.look()
        other.sending.look()
        for name in names:
            await room.comes_to(name, State.SENT)
    assert len(server.received) == len({mail.id for mail in server.received}) == 40


async def test_a_certificate_of_another_authority(room: SortingOffice, server: MailServer) -> None:
    stranger = SortingOffice(room.database, relay(server.url))
    async with stranger.at_work():
        name = await stranger.queued()
        mail = await stranger.until(name, lambda mail: bool(mail.failure))
    assert mail.state is State.QUEUED
    assert mail.failure.startswith("tls ")
    assert server.received == []


async def test_a_server_without_the_encryption_that_is_asked_for(tmp_path: Path) -> None:
    server = await MailServer(directory=tmp_path, protection="none", accounts=False).start()
    room = SortingOffice(opened(tmp_path), relay(f"{server.url}?starttls=yes", server.ca_file))
    async with room.at_work():
        mail = await room.until(await room.queued(), lambda mail: bool(mail.failure))
    assert mail.state is State.QUEUED
    assert server.received == []
    room.database.close()
    await server.stop()


async def test_a_wrong_password_is_told_nowhere(
    room: SortingOffice, server: MailServer, capfd: pytest.CaptureFixture[str]
) -> None:
    url = server.url.replace("a%3Ab", "hunter2")
    stranger = SortingOffice(room.database, relay(url, server.ca_file))
    async with stranger.at_work():
        mail = await stranger.until(await stranger.queued(), lambda mail: bool(mail.failure))
    assert mail.failure == "not-let-in 535 5.7.8"
    assert server.received == []
    shown = capfd.readouterr()
    assert "hunter2" not in shown.out + shown.err + repr(Place.of(url))


@pytest.mark.parametrize(
    ("address", "utf8", "taken"),
    [
        pytest.param("jürgen@guests.example", True, "jürgen@guests.example", id="a server that knows UTF-8"),
        pytest.param("jürgen@guests.example", False, None, id="a server that does not"),
        pytest.param("ada@hôtel.example", False, "ada@xn--htel-vqa.example", id="a domain is written in ASCII"),
    ],
)
async def test_addresses_of_other_scripts(tmp_path: Path, address: str, utf8: bool, taken: str | None) -> None:
    server = await MailServer(directory=tmp_path, utf8=utf8).start()
    room = SortingOffice(opened(tmp_path), relay(server.url, server.ca_file))
    room.letters.to["users/ada"] = address
    async with room.at_work():
        mail = await room.comes_to(await room.queued())
        other = await room.comes_to(await room.queued("users/bob"))
    assert [received.recipient for received in server.received] == ([taken] if taken else []) + ["bob@guests.example"]
    assert (mail.state, mail.failure) == ((State.SENT, "") if taken else (State.FAILED, "smtputf8-missing"))
    assert other.state is State.SENT
    room.database.close()
    await server.stop()


async def test_a_server_that_refuses_other_scripts_with_the_sender_keeps_nobody_else_waiting(
    room: SortingOffice, server: MailServer
) -> None:
    room.letters.to["users/ada"] = "désirée@guests.example"
    server.mail_from = "553 5.6.7 not here"
    async with room.at_work():
        name = await room.queued()
        put_off = await room.until(name, lambda mail: bool(mail.failure))
        assert (put_off.state, put_off.failure, put_off.attempts) == (State.QUEUED, "put-off 553 5.6.7", 1)
        assert not room.tally.away
        server.mail_from = "250 OK"
        await room.comes_to(await room.queued("users/bob"), State.SENT)
