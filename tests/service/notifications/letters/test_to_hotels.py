"""What hotels are written about bookings, and how they say that they have seen it."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from httpx import AsyncClient, Response

from chassis.dates import from_timestamp
from innkeeper.notifications.v1.mails_pb2 import Mail
from innkeeper.notifications.v1.notices_pb2 import AcknowledgeNoticeRequest, Notice, ReadNoticeRequest
from innkeeper.notifications.v1.notifications_pb2_grpc import NotificationsServiceStub
from services.notifications import store
from tests.service.booking.desk import Desk, key
from tests.service.notifications.letters.mailroom import Letter, Mailroom, MovableClock

HALF_AN_HOUR = timedelta(minutes=30)


def web(mailroom: Mailroom) -> AsyncClient:
    """A browser; what is at the public address is at the web service."""
    return AsyncClient(base_url=f"http://{mailroom.running.platform.http_address}", trust_env=False)


async def behind(letter: Letter, browser: AsyncClient) -> str:
    """The path to which the short link of a letter leads."""
    [link] = set(re.findall(r"http://127\.0\.0\.1:8080/l/\w{8}", letter.text + letter.html))
    answer = await browser.get(urlsplit(link).path)
    assert answer.status_code == 302
    return urlsplit(answer.headers["location"]).path


async def click(letter: Letter, mailroom: Mailroom) -> Response:
    async with web(mailroom) as browser:
        return await browser.post(await behind(letter, browser))


async def test_a_hotel_is_told_of_a_booking_and_acknowledges_it_by_a_click(
    desk: Desk, mailroom: Mailroom, clock: MovableClock
) -> None:
    booked = await desk.book()
    letter = await mailroom.letter(booked.name, "hotel-booked")
    assert letter.to == "desk@sacher.example"
    assert letter.subject.startswith(f"New booking {booked.confirmation_code}")
    assert "Ada Lovelace" in letter.text
    assert "ada@example.com" not in letter.text
    [notice] = await mailroom.notices(open_only=True)
    assert (notice.state, notice.booking, notice.hotel) == (Notice.STATE_WAITING, booked.name, desk.hotel)
    assert notice.HasField("send_time")
    async with web(mailroom) as browser:
        path = await behind(letter, browser)
        page = await browser.get(path)
        assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
        assert booked.confirmation_code in page.text
        assert "<button>Acknowledge</button>" in page.text
        assert "Ada" not in page.text
        assert (await mailroom.notices())[0].state == Notice.STATE_WAITING, "looking acknowledges nothing"
        first = await browser.post(path)
        again = await browser.post(path)
    assert "<button" not in first.text
    assert "was acknowledged on" in first.text
    assert again.text == first.text
    [notice] = await mailroom.notices()
    assert notice.state == Notice.STATE_ACKNOWLEDGED
    assert await mailroom.notices(open_only=True) == []
    clock.ahead = 2 * HALF_AN_HOUR
    assert (await mailroom.ended(booked.name, "hotel-booked-again")).state == Mail.STATE_NOT_NEEDED


async def test_a_hotel_that_says_nothing_is_written_to_once_more_at_its_other_address(
    desk: Desk, mailroom: Mailroom, clock: MovableClock
) -> None:
    booked = await desk.book()
    first = await mailroom.letter(booked.name, "hotel-booked")
    clock.ahead = HALF_AN_HOUR - timedelta(minutes=2)
    assert (await mailroom.mails(booked.name))["hotel-booked-again"].state == Mail.STATE_QUEUED
    clock.ahead = HALF_AN_HOUR + timedelta(minutes=2)
    letter = await mailroom.letter(booked.name, "hotel-booked-again")
    assert letter.to == "night@sacher.example"
    assert letter.subject.startswith("Not yet acknowledged")
    [notice] = await mailroom.notices(open_only=True)
    assert notice.state == Notice.STATE_ESCALATED
    assert from_timestamp(notice.escalate_time) - from_timestamp(notice.send_time) >= HALF_AN_HOUR
    async with web(mailroom) as browser:
        assert await behind(letter, browser) == await behind(first, browser)
    await click(letter, mailroom)
    assert (await mailroom.notices())[0].state == Notice.STATE_ACKNOWLEDGED


async def test_the_half_hour_begins_when_the_mail_is_sent(desk: Desk, mailroom: Mailroom, clock: MovableClock) -> None:
    clock.ahead = -timedelta(minutes=1)  # so that nothing is due yet
    booked = await desk.book()
    await desk.running.settled()
    clock.ahead = 2 * HALF_AN_HOUR
    await mailroom.letter(booked.name, "hotel-booked")
    await mailroom.put_off(booked.name, "hotel-booked-again", beyond=clock() + HALF_AN_HOUR - timedelta(minutes=1))
    clock.ahead = 3 * HALF_AN_HOUR + timedelta(minutes=1)
    assert (await mailroom.letter(booked.name, "hotel-booked-again")).to == "night@sacher.example"


async def test_a_booking_that_is_called_off_needs_no_acknowledgement(
    desk: Desk, mailroom: Mailroom, clock: MovableClock
) -> None:
    booked = await desk.book()
    letter = await mailroom.letter(booked.name, "hotel-booked")
    await desk.cancel(booked.name)
    cancelled = await mailroom.letter(booked.name, "hotel-cancelled")
    assert cancelled.to == "desk@sacher.example"
    assert cancelled.subject.startswith(f"Cancelled: booking {booked.confirmation_code}")
    assert (await mailroom.notices())[0].state == Notice.STATE_WITHDRAWN
    page = await click(letter, mailroom)
    assert "nothing to acknowledge" in page.text
    assert "<button" not in page.text
    assert (await mailroom.notices())[0].state == Notice.STATE_WITHDRAWN
    clock.ahead = 2 * HALF_AN_HOUR
    assert (await mailroom.ended(booked.name, "hotel-booked-again")).state == Mail.STATE_NOT_NEEDED


async def test_both_addresses_hear_that_a_booking_is_called_off_where_both_know_of_it(
    desk: Desk, mailroom: Mailroom, clock: MovableClock
) -> None:
    booked = await desk.book()
    await mailroom.ended(booked.name, "hotel-booked")
    clock.ahead = HALF_AN_HOUR + timedelta(minutes=2)
    await mailroom.ended(booked.name, "hotel-booked-again")
    await desk.cancel(booked.name)
    assert (await mailroom.letter(booked.name, "hotel-cancelled")).to == "desk@sacher.example"
    assert (await mailroom.letter(booked.name, "hotel-cancelled-again")).to == "night@sacher.example"


async def test_a_hotel_hears_that_a_booking_is_called_off_of_which_it_was_told_so_long_ago_that_that_is_not_kept(
    desk: Desk, mailroom: Mailroom
) -> None:
    booked = await desk.book()
    told = await mailroom.ended(booked.name, "hotel-booked")
    await desk.running.database("notifications").write(lambda session: store.remove(session, [told.name]))
    await desk.cancel(booked.name)
    assert (await mailroom.letter(booked.name, "hotel-cancelled")).to == "desk@sacher.example"


async def test_the_second_address_is_not_told_before_it_is_known_what_else_it_is_told(
    desk: Desk, mailroom: Mailroom, clock: MovableClock
) -> None:
    booked = await desk.book()
    await mailroom.ended(booked.name, "hotel-booked")
    again = await mailroom.put_off(booked.name, "hotel-booked-again", beyond=clock())
    await desk.cancel(booked.name)
    await mailroom.put_off(booked.name, "hotel-cancelled-again", beyond=from_timestamp(again.next_attempt_time))
    for kind in ("hotel-booked-again", "hotel-cancelled-again"):
        clock.ahead += HALF_AN_HOUR + timedelta(minutes=2)
        assert (await mailroom.ended(booked.name, kind)).state == Mail.STATE_NOT_NEEDED


@pytest.mark.parametrize(
    ("address", "fallback", "to"),
    [
        pytest.param("", "", "", id="none"),
        pytest.param("", "night@sacher.example", "night@sacher.example", id="the-second-alone"),
        pytest.param("desk@sacher.example", "", "desk@sacher.example", id="the-first-alone"),
        pytest.param("desk@sacher.example", "desk@sacher.example", "desk@sacher.example", id="twice-the-same"),
    ],
)
async def test_a_hotel_is_written_to_where_it_can_be(
    desk: Desk, mailroom: Mailroom, clock: MovableClock, address: str, fallback: str, to: str
) -> None:
    await mailroom.reach(desk.hotel, address, fallback)
    booked = await desk.book()
    mail = await mailroom.ended(booked.name, "hotel-booked")
    assert (mail.state == Mail.STATE_SENT) is bool(to)
    if to:
        assert (await mailroom.letter(booked.name, "hotel-booked")).to == to
    clock.ahead = HALF_AN_HOUR + timedelta(minutes=2)
    assert (await mailroom.ended(booked.name, "hotel-booked-again")).state == Mail.STATE_NOT_NEEDED
    assert (await mailroom.ended(booked.name, "booking-confirmed")).state == Mail.STATE_SENT


async def test_a_hotel_reads_in_its_own_language(desk: Desk, mailroom: Mailroom) -> None:
    await mailroom.reach(desk.hotel, "desk@sacher.example", language="zh-CN")
    booked = await desk.book()
    letter = await mailroom.letter(booked.name, "hotel-booked")
    assert letter.subject.startswith("新预订")
    assert (await mailroom.letter(booked.name, "booking-confirmed")).subject.startswith("Confirmed")
    async with web(mailroom) as browser:
        page = await browser.get(await behind(letter, browser))
    assert '<html lang="zh">' in page.text
    assert "<button>确认收到</button>" in page.text


async def test_an_acknowledgement_that_comes_again_has_the_same_answer(desk: Desk, mailroom: Mailroom) -> None:
    booked = await desk.book()
    letter = await mailroom.letter(booked.name, "hotel-booked")
    async with web(mailroom) as browser:
        token = (await behind(letter, browser)).rpartition("/")[2]
    stub = desk.running.inside(NotificationsServiceStub, as_service="web")
    request = AcknowledgeNoticeRequest(token=token, request_id=key())
    first = await stub.AcknowledgeNotice(request)
    assert first.notice.state == Notice.STATE_ACKNOWLEDGED
    assert await stub.AcknowledgeNotice(request) == first
    assert await stub.ReadNotice(ReadNoticeRequest(token=token)) == first


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "token",
    [
        pytest.param("{booking}", id="without-a-signature"),
        pytest.param("{booking}.AAAAAAAAAAAAAAAAAAAAAA", id="with-another"),
        pytest.param("x" * 200, id="too-long"),
        pytest.param("%20", id="blank"),
    ],
)
async def test_a_link_that_was_altered_leads_nowhere(desk: Desk, mailroom: Mailroom, method: str, token: str) -> None:
    booked = await desk.book()
    await mailroom.ended(booked.name, "hotel-booked")
    async with web(mailroom) as browser:
        path = f"/notices/{token.format(booking=booked.name.removeprefix('bookings/'))}"
        answer = await browser.request(method, path)
    assert answer.status_code == 404
    assert "nothing behind this link" in answer.text
    assert (await mailroom.notices())[0].state == Notice.STATE_WAITING
