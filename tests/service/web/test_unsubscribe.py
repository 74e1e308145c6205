"""The page to unsubscribe: it asks, a click ends mails, and mail programs need not ask."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from innkeeper.notifications.v1 import mail_preferences_pb2
from innkeeper.notifications.v1.notifications_pb2_grpc import NotificationsServiceStub
from services.notifications.mail import Topic
from services.notifications.unsubscribing.token import UnsubscribeTokens
from tests.conftest import RunningPlatform, StartPlatform
from tests.service.booking.desk import key

NAME = "users/ada/mailPreferences"


@dataclass
class Reader:
    """Somebody who has a mail before them."""

    running: RunningPlatform
    browser: httpx.AsyncClient
    link: str

    async def wants_reminders(self) -> bool:
        token = self.running.token("users/ada", ["users.read"])
        stub = self.running.stub(NotificationsServiceStub, token=token)
        return (await stub.GetMailPreferences(mail_preferences_pb2.GetMailPreferencesRequest(name=NAME))).reminders


@pytest.fixture
async def reader(platform: StartPlatform) -> AsyncIterator[Reader]:
    running = await platform("notifications", "web", elsewhere=("auth", "hotels", "payments", "booking"))
    secret = (running.platform.settings.data_dir / "secrets" / "unsubscribe").read_bytes()
    link = UnsubscribeTokens(secret, "").url("users/ada", Topic.REMINDERS)
    async with httpx.AsyncClient(base_url=f"http://{running.platform.http_address}") as browser:
        yield Reader(running, browser, link)


async def test_to_look_changes_nothing(reader: Reader) -> None:
    page = await reader.browser.get(reader.link)
    assert page.status_code == 200
    assert '<form method="post">' in page.text
    assert "Reminders before a stay" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert await reader.wants_reminders()


@pytest.mark.parametrize("body", ["", "List-Unsubscribe=One-Click"], ids=["a click", "a mail program (RFC 8058)"])
async def test_a_post_ends_such_mails(reader: Reader, body: str) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for _ in range(2):
        done = await reader.browser.post(reader.link, content=body, headers=headers)
        assert (done.status_code, "You are unsubscribed" in done.text, "<form" in done.text) == (200, True, False)
    assert not await reader.wants_reminders()


@pytest.mark.parametrize(
    ("accepted", "language", "words"),
    [
        pytest.param("zh-CN,en;q=0.5", "zh", "退订", id="Chinese"),
        pytest.param("pt-BR", "pt", "Cancelar a subscrição", id="Portuguese"),
        pytest.param("de,fr;q=0.5", "en", "Unsubscribe", id="a language without words"),
    ],
)
async def test_in_the_language_of_the_reader(reader: Reader, accepted: str, language: str, words: str) -> None:
    page = await reader.browser.get(reader.link, headers={"accept-language": accepted})
    assert f'<html lang="{language}">' in page.text
    assert words in page.text


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("broken", ["x", "a.b", "é", "…"], ids=["short", "no token", "a letter", "punctuation"])
async def test_a_link_that_was_altered(reader: Reader, method: str, broken: str) -> None:
    for link in (f"/unsubscribe/{broken}", f"{reader.link}{broken}"):
        answer = await reader.browser.request(method, link)
        assert answer.status_code == 404
    assert await reader.wants_reminders()


async def test_what_was_ended_begins_again(reader: Reader) -> None:
    await reader.browser.post(reader.link)
    token = reader.running.token("users/ada", ["users.write"])
    stub = reader.running.stub(NotificationsServiceStub, token=token)
    wanted = mail_preferences_pb2.MailPreferences(name=NAME, reminders=True)
    request = mail_preferences_pb2.UpdateMailPreferencesRequest(mail_preferences=wanted, request_id=key())
    assert (await stub.UpdateMailPreferences(request)).reminders
    assert await reader.wants_reminders()
