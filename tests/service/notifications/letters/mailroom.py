"""What has been written to whom on a running platform, and a clock that can be moved."""

from __future__ import annotations

import asyncio
import email
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from pathlib import Path
from typing import Final, TypeVar

from google.protobuf.field_mask_pb2 import FieldMask

from chassis.dates import from_timestamp
from chassis.kit import ServiceKit, utc_now
from chassis.service import Assembly, Kit, Service
from innkeeper.hotels.v1 import contacts_pb2, hotels_pb2_grpc
from innkeeper.notifications.v1 import mails_pb2, notifications_pb2_grpc
from innkeeper.notifications.v1.notices_pb2 import ListNoticesRequest, Notice
from innkeeper.users.v1 import users_pb2, users_pb2_grpc
from services.notifications.service import SERVICE, assemble
from tests.conftest import RunningPlatform
from tests.service.booking.desk import key

Mail = mails_pb2.Mail
T = TypeVar("T")
WITHIN: Final = 20.0
"""Seconds that a mail may take on a busy machine."""

EVERYBODY: Final = ("users", "hotels", "bank", "payments", "documents", "links", "booking", "notifications")
"""The services that mails need."""


class MovableClock:
    """The clock on the wall, and so much later as somebody has said."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


def by(clock: MovableClock) -> Service:
    """The notifications service by that clock."""

    def assembled(kit: Kit) -> Assembly:
        assert isinstance(kit, ServiceKit)
        return assemble(replace(kit, clock=clock))

    return replace(SERVICE, assemble=assembled)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as its reader has it."""

    message: EmailMessage

    @property
    def to(self) -> str:
        return str(self.message["To"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def papers(self) -> dict[str, str]:
        """What is printed on what is attached, by the first word of its name."""
        from pdfminer.high_level import extract_text

        return {
            str(part.get_filename()).partition("-")[0]: extract_text(BytesIO(part.get_content()))
            for part in self.message.iter_attachments()
        }

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")


@dataclass(kw_only=True)
class Mailroom:
    """Sees all mails, as staff do."""

    running: RunningPlatform
    stub: notifications_pb2_grpc.NotificationsServiceStub = field(init=False)

    def __post_init__(self) -> None:
        token = self.running.token("users/staff", ("mails.read", "mails.write"))
        self.stub = self.running.stub(notifications_pb2_grpc.NotificationsServiceStub, token=token)

    @property
    def directory(self) -> Path:
        return self.running.platform.settings.data_dir / "mail"

    async def mails(self, subject: str) -> dict[str, Mail]:
        """The mails about that by their kind."""
        return {mail.kind: mail for mail in await self.all_mails(subject)}

    async def all_mails(self, subject: str = "") -> Sequence[Mail]:
        """The mails about that; those about anything where nothing is said."""
        request = mails_pb2.ListMailsRequest(subject=subject, page_size=1000)
        return (await self.stub.ListMails(request)).mails

    async def ended(self, subject: str, kind: str) -> Mail:
        """The mail of that kind, once it was sent or is known not to be."""
        return await self._once(subject, kind, lambda mail: mail.state != Mail.STATE_QUEUED)

    async def put_off(self, subject: str, kind: str, *, beyond: datetime) -> Mail:
        """The mail of that kind, once it is known to be due later than then."""
        return await self._once(subject, kind, lambda mail: from_timestamp(mail.next_attempt_time) > beyond)

    async def kept(self, subject: str, kind: str, by: str) -> Mail:
        """The mail of that kind, once it waits because of that."""
        return await self._once(subject, kind, lambda mail: mail.failure.startswith(by))

    async def letter(self, subject: str, kind: str) -> Letter:
        """The mail of that kind as it was sent."""
        mail = await self.ended(subject, kind)
        assert mail.state == Mail.STATE_SENT, mail
        [path] = self.directory.glob(f"*{mail.name.removeprefix('mails/')}.eml")
        message = email.message_from_bytes(path.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)
        return Letter(message)

    async def notices(self, *, open_only: bool = False) -> Sequence[Notice]:
        """What hotels were told of."""
        return list((await self.stub.ListNotices(ListNoticesRequest(open_only=open_only))).notices)

    async def reach(self, hotel: str, address: str, fallback: str = "", language: str = "") -> None:
        """Says how a hotel is reached."""
        token = self.running.token("users/staff", ("hotels.write",))
        stub = self.running.stub(hotels_pb2_grpc.HotelsServiceStub, token=token)
        contact = contacts_pb2.HotelContact(
            name=f"{hotel}/contact", email=address, fallback_email=fallback, language_code=language
        )
        mask = FieldMask(paths=["email", "fallback_email", "language_code"])
        request = contacts_pb2.UpdateHotelContactRequest(contact=contact, update_mask=mask, request_id=key())
        await stub.UpdateHotelContact(request)

    async def sign_up(self, user: str, **said: str) -> users_pb2.User:
        """Makes the record of a user."""
        record = users_pb2.User(given_name="Ada", email="ada@example.org", **said)
        stub = self.users(user)
        return await stub.CreateUser(users_pb2.CreateUserRequest(user=record, request_id=key()))

    def users(self, user: str) -> users_pb2_grpc.UsersServiceStub:
        """The users service, for that user."""
        token = self.running.token(user, ("users.read", "users.write"))
        return self.running.stub(users_pb2_grpc.UsersServiceStub, token=token)

    async def _once(self, subject: str, kind: str, is_so: Callable[[Mail], bool]) -> Mail:
        async def look() -> Mail | None:
            mail = (await self.mails(subject)).get(kind)
            return mail if mail is not None and is_so(mail) else None

        return await until(look)


async def until(look: Callable[[], Awaitable[T | None]]) -> T:
    """What is seen, once it is there."""
    async with asyncio.timeout(WITHIN):
        while (seen := await look()) is None:  # noqa: ASYNC110 - another service does it, and tells nobody
            await asyncio.sleep(0.02)
    return seen
