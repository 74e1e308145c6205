"""What a person does on the platform, with a mark in each field that holds personal data."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import grpc
import httpx
from grpc.aio import AioRpcError

from innkeeper.auth.v1 import auth_pb2
from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceStub
from innkeeper.bank.v1 import bank_pb2
from innkeeper.bank.v1.bank_pb2_grpc import BankServiceStub
from innkeeper.booking.v1 import booking_pb2
from innkeeper.hotels.v1 import contacts_pb2
from innkeeper.hotels.v1.hotels_pb2_grpc import HotelsServiceStub
from innkeeper.notifications.v1 import bounces_pb2, mails_pb2
from innkeeper.notifications.v1.notifications_pb2_grpc import NotificationsServiceStub
from innkeeper.payments.v1 import payments_pb2
from innkeeper.payments.v1.payments_pb2_grpc import PaymentsServiceStub
from innkeeper.users.v1 import erasures_pb2, users_pb2
from innkeeper.users.v1.users_pb2_grpc import UsersServiceStub
from tests.conftest import RunningPlatform
from tests.service.booking.desk import Desk, euros, key
from tests.service.privacy.marks import Marks

SERVICES = (
    *("auth", "users", "hotels", "bank", "payments", "documents", "links", "booking", "search"),
    *("notifications", "web"),
)
SCOPES = ("users.read", "users.write", "bookings.read", "bookings.write", "payments.read", "notifications.read")
STAFF = ("admin", *SCOPES, "erasures.read", "erasures.write", "mails.read", "mails.write")
PASSWORD = "a horse, a battery and a staple"
WITHIN = 60.0

USER, GUEST = "innkeeper.users.v1.User", "innkeeper.booking.v1.Guest"


@dataclass(kw_only=True)
class Person:
    """Somebody who signs up, books, changes, cancels and gets mails."""

    running: RunningPlatform
    marks: Marks
    hotel: str = "hotels/sacher"
    name: str = ""
    token: str = ""
    desk: Desk = field(init=False)

    async def live(self) -> None:
        """All of it, until every event has taken effect and every mail is there."""
        await self.sign_up()
        self.desk = Desk(running=self.running, hotel=self.hotel, user=self.name, scopes=SCOPES)
        await self.fail()
        await self.book()
        await self.be_dealt_with()
        await self.running.settled()
        await self.mails(8)

    async def sign_up(self) -> None:
        """An account, a session and a record, which changes."""
        auth, email = self.running.stub(AuthServiceStub), self.marks.email("innkeeper.auth.v1.Account.email")
        account = auth_pb2.Account(email=email)
        made = await auth.CreateAccount(
            auth_pb2.CreateAccountRequest(account=account, password=PASSWORD, request_id=key())
        )
        await auth.SignIn(auth_pb2.SignInRequest(email=email, password=PASSWORD, request_id=key()))
        self.name, self.token = made.user, self.running.token(made.user, SCOPES)
        users = self.running.stub(UsersServiceStub, token=self.token)
        person = users_pb2.User(
            given_name=self.marks.text(f"{USER}.given_name", "1"),
            family_name=self.marks.text(f"{USER}.family_name", "1"),
            email=self.marks.email(f"{USER}.email", "1"),
            birth_date=self.marks.born(),
        )
        await users.CreateUser(users_pb2.CreateUserRequest(user=person, request_id=key()))
        person = users_pb2.User(
            name=self.name,
            given_name=self.marks.text(f"{USER}.given_name", "2"),
            family_name=self.marks.text(f"{USER}.family_name", "2"),
            email=self.marks.email(f"{USER}.email", "2"),
        )
        await users.UpdateUser(users_pb2.UpdateUserRequest(user=person, request_id=key()))

    async def another_books(self) -> None:
        """Somebody else has a booking."""
        await Desk(running=self.running, user="users/grace").book()

    async def fail(self) -> None:
        """Calls that are refused: what they brought must not be kept for that, nor be told in logs."""
        auth = self.running.stub(AuthServiceStub)
        users = self.running.stub(UsersServiceStub, token=self.token)
        wrong = self.marks.email("innkeeper.auth.v1.SignInRequest.email")
        await _refused(auth.SignIn(auth_pb2.SignInRequest(email=wrong, password=PASSWORD, request_id=key())))
        code = auth_pb2.CreateAuthorizationCodeRequest(
            email=self.marks.email("innkeeper.auth.v1.CreateAuthorizationCodeRequest.email"),
            password=PASSWORD,
            request_id=key(),
        )
        await _refused(self.running.inside(AuthServiceStub, as_service="web").CreateAuthorizationCode(code))
        bad = users_pb2.User(name=self.name, given_name=f"\0{self.marks.text(f'{USER}.given_name', 'bad')}")
        await _refused(users.UpdateUser(users_pb2.UpdateUserRequest(user=bad, request_id=key())))
        bad = users_pb2.User(name=self.name, email=f"@{self.marks.text(f'{USER}.email', 'bad')}")
        await _refused(users.UpdateUser(users_pb2.UpdateUserRequest(user=bad, request_id=key())))
        order = self.desk.order(await self.desk.quote())
        order.lead_guest.CopyFrom(booking_pb2.Guest(given_name=f"\n{self.marks.text(f'{GUEST}.given_name', 'bad')}"))
        await _refused(self.desk.stub.CreateBooking(order))

    async def book(self) -> None:
        """A booking that is not paid, one that is cancelled, and one that is to come."""
        card = self.marks.card("innkeeper.booking.v1.CreateBookingRequest.card_token")
        await _refused(self.desk.stub.CreateBooking(await self._order(card)))
        cancelled = await self.desk.stub.CreateBooking(await self._order("tok_success"))
        await self.mails(4)  # its own among them, which would not be needed any more
        await self.desk.cancel(cancelled.name)
        self.booking = await self.desk.stub.CreateBooking(await self._order("tok_success"))

    async def be_dealt_with(self) -> None:
        """What staff and services do about the person: the answers are kept under their names."""
        users = self.running.stub(UsersServiceStub, token=self.running.token("users/staff", STAFF))
        silver = users_pb2.User(name=self.name, membership=users_pb2.MEMBERSHIP_SILVER)
        await users.UpdateUser(users_pb2.UpdateUserRequest(user=silver, request_id=key()))
        mails = self.running.stub(NotificationsServiceStub, token=self.running.token("users/staff", STAFF))
        bounce = bounces_pb2.Bounce(address=self.marks.email("innkeeper.notifications.v1.Bounce.address"))
        await mails.CreateBounce(bounces_pb2.CreateBounceRequest(bounce=bounce, request_id=key()))
        payments = self.running.inside(PaymentsServiceStub, as_service="booking", user=self.name)
        asked = payments_pb2.AuthorizePaymentRequest(
            subject="bookings/none",
            user=self.name,
            amount=euros(1),
            card_token=self.marks.card("innkeeper.payments.v1.AuthorizePaymentRequest.card_token"),
            request_id=key(),
        )
        await payments.AuthorizePayment(asked)
        bank = self.running.inside(BankServiceStub, as_service="payments")
        card = self.marks.card("innkeeper.bank.v1.AuthorizeRequest.card_token")
        await bank.Authorize(bank_pb2.AuthorizeRequest(card_token=card, amount=euros(1), request_id=key()))

    async def mails(self, enough: int) -> None:
        """Returns when so many mails about the person are sent."""
        stub = self.running.stub(NotificationsServiceStub, token=self.running.token("users/staff", STAFF))

        async def sent() -> bool:
            mails = (await stub.ListMails(mails_pb2.ListMailsRequest(page_size=1000))).mails
            sent = mails_pb2.Mail.STATE_SENT
            return sum(mail.user == self.name and mail.state == sent for mail in mails) >= enough

        await until(sent)

    async def export(self, token: str = "") -> httpx.Response:
        """The person's archive, or how it was refused."""
        bearer = {"Authorization": f"Bearer {token or self.token}"}
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.get(
                f"http://{self.running.platform.http_address}/v1/{self.name}:export", headers=bearer
            )

    async def leave(self) -> erasures_pb2.Erasure:
        """The person is deleted; returns when every service has acknowledged that."""
        users = self.running.stub(UsersServiceStub, token=self.token)
        await users.DeleteUser(users_pb2.DeleteUserRequest(name=self.name, request_id=key()))
        return await self.erased()

    async def erased(self) -> erasures_pb2.Erasure:
        """Returns when every service has acknowledged the deletion."""
        await until(self.is_erased)
        return await self.erasure()

    async def is_erased(self) -> bool:
        """Whether every service has acknowledged the deletion."""
        return (await self.erasure()).state == erasures_pb2.ERASURE_STATE_DONE

    async def erasure(self) -> erasures_pb2.Erasure:
        """How far the services are."""
        staff = self.running.stub(UsersServiceStub, token=self.running.token("users/staff", STAFF))
        return await staff.GetErasure(erasures_pb2.GetErasureRequest(name=f"{self.name}/erasure"))

    async def _order(self, card: str) -> Any:
        order = self.desk.order(await self.desk.quote(), card)
        order.lead_guest.CopyFrom(
            booking_pb2.Guest(
                given_name=self.marks.text(f"{GUEST}.given_name"),
                family_name=self.marks.text(f"{GUEST}.family_name"),
                email=self.marks.email(f"{GUEST}.email"),
            )
        )
        return order


async def opened_hotel(running: RunningPlatform) -> None:
    """A hotel that takes bookings, and gets its notices of them."""
    await Desk(running=running).open()
    stub = running.stub(HotelsServiceStub, token=running.token("users/staff", ("admin", "hotels.write")))
    contact = contacts_pb2.HotelContact(name="hotels/sacher/contact", email="desk@sacher.example")
    await stub.UpdateHotelContact(contacts_pb2.UpdateHotelContactRequest(contact=contact, request_id=key()))


async def until(holds: Callable[[], Any], within: float = WITHIN) -> None:
    """Returns when it is so. Raises TimeoutError where that takes longer than so many seconds."""
    async with asyncio.timeout(within):
        while not await holds():  # noqa: ASYNC110 - what is waited for is said by another process' kind of answer
            await asyncio.sleep(0.1)


async def _refused(call: Any) -> None:
    try:
        await call
    except AioRpcError as error:
        if error.code() in (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN):
            raise
        return
    raise AssertionError("it was not refused")
