"""What staff see of mails and of addresses that take none, and what they do about it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import grpc
import pytest

from innkeeper.notifications.v1 import bounces_pb2, mail_preferences_pb2, mails_pb2
from innkeeper.notifications.v1.notifications_pb2_grpc import NotificationsServiceStub
from services.notifications import store
from services.notifications.mail import Mail
from tests.conftest import RunningPlatform, StartPlatform
from tests.errors import refused
from tests.service.booking.desk import key

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NAMES = {"users/ada": "bookings/a", "users/bob": "bookings/b", "users/eve": "bookings/a"}


def failed(recipient: str, subject: str) -> Mail:
    queued = Mail.queue(
        kind="greeting",
        event=str(uuid.uuid4()),
        recipient=recipient,
        user=recipient,
        subject=subject,
        due_time=NOW,
        now=NOW,
        domain="hotels.example",
    )
    return queued.failed("address-refused 550 5.1.1", NOW)


@pytest.fixture
async def running(platform: StartPlatform) -> RunningPlatform:
    return await platform("notifications")


@pytest.fixture
def staff(running: RunningPlatform) -> NotificationsServiceStub:
    token = running.token("clients/desk", ["mails.read", "mails.write"])
    return running.stub(NotificationsServiceStub, token=token)


@pytest.fixture
async def mails(running: RunningPlatform) -> dict[str, Mail]:
    """A mail that failed to each."""
    there = {recipient: failed(recipient, subject) for recipient, subject in NAMES.items()}
    for mail in there.values():
        await running.database("notifications").write(lambda session, mail=mail: store.add(session, mail))
    return there


async def test_mails_in_pages(staff: NotificationsServiceStub, mails: dict[str, Mail]) -> None:
    names, token = [], ""
    for _ in mails:
        page = await staff.ListMails(mails_pb2.ListMailsRequest(page_size=1, page_token=token))
        names += [mail.name for mail in page.mails]
        token = page.next_page_token
    assert token == ""
    assert sorted(names) == sorted(mail.name for mail in mails.values())


@pytest.mark.parametrize(
    ("asked", "recipients"),
    [
        pytest.param(
            mails_pb2.ListMailsRequest(subject="bookings/a"), {"users/ada", "users/eve"}, id="about a booking"
        ),
        pytest.param(mails_pb2.ListMailsRequest(state=mails_pb2.Mail.STATE_FAILED), set(NAMES), id="that failed"),
        pytest.param(mails_pb2.ListMailsRequest(state=mails_pb2.Mail.STATE_SENT), set(), id="that were sent"),
    ],
)
async def test_some_of_the_mails(
    staff: NotificationsServiceStub, mails: dict[str, Mail], asked: mails_pb2.ListMailsRequest, recipients: set[str]
) -> None:
    assert {mail.recipient for mail in (await staff.ListMails(asked)).mails} == recipients


async def test_a_mail_is_sent_after_all(staff: NotificationsServiceStub, mails: dict[str, Mail]) -> None:
    name, request_id = mails["users/ada"].name, key()
    before = await staff.GetMail(mails_pb2.GetMailRequest(name=name))
    assert (before.state, before.failure) == (mails_pb2.Mail.STATE_FAILED, "address-refused 550 5.1.1")
    for _ in range(2):
        again = await staff.RetryMail(mails_pb2.RetryMailRequest(name=name, request_id=request_id))
        assert (again.state, again.message_id) == (mails_pb2.Mail.STATE_QUEUED, before.message_id)
    async with refused(grpc.StatusCode.FAILED_PRECONDITION, "MAIL_STATE_CONFLICT"):
        await staff.RetryMail(mails_pb2.RetryMailRequest(name=name, request_id=key()))


async def test_an_address_that_takes_no_mail(staff: NotificationsServiceStub, mails: dict[str, Mail]) -> None:
    said = bounces_pb2.Bounce(address="Ada@Guests.example", mail=mails["users/ada"].name, reason="550 5.1.1")
    noted = await staff.CreateBounce(bounces_pb2.CreateBounceRequest(bounce=said, request_id=key()))
    assert (noted.address, noted.recipient, noted.reason) == ("", "users/ada", "550 5.1.1")
    other = bounces_pb2.Bounce(address="ada@guests.example")
    assert await staff.CreateBounce(bounces_pb2.CreateBounceRequest(bounce=other, request_id=key())) == noted
    for recipient, there in (("", [noted]), ("users/ada", [noted]), ("users/bob", [])):
        assert list((await staff.ListBounces(bounces_pb2.ListBouncesRequest(recipient=recipient))).bounces) == there
    await staff.DeleteBounce(bounces_pb2.DeleteBounceRequest(name=noted.name, request_id=key()))
    assert not (await staff.ListBounces(bounces_pb2.ListBouncesRequest())).bounces
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await staff.DeleteBounce(bounces_pb2.DeleteBounceRequest(name=noted.name, request_id=key()))


async def test_travellers_see_none_of_it(running: RunningPlatform) -> None:
    token = running.token("users/ada", ["users.read", "bookings.read"])
    ada = running.stub(NotificationsServiceStub, token=token)
    async with refused(grpc.StatusCode.PERMISSION_DENIED, "SCOPE_MISSING"):
        await ada.ListMails(mails_pb2.ListMailsRequest())
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await ada.GetMailPreferences(mail_preferences_pb2.GetMailPreferencesRequest(name="users/eve/mailPreferences"))


async def test_a_token_to_unsubscribe_that_is_none(running: RunningPlatform) -> None:
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "UNSUBSCRIBE_TOKEN_INVALID"):
        await running.stub(NotificationsServiceStub).Unsubscribe(
            mail_preferences_pb2.UnsubscribeRequest(token="a.b", request_id=key())
        )
