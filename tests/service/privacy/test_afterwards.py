"""What comes after a person was deleted: with a token that is good still, or by calls that were under way."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from grpc import StatusCode
from sqlalchemy import select

from chassis.kit import utc_now
from chassis.storage.database import Database
from chassis.storage.tables import ERASED_USERS
from innkeeper.booking.v1 import booking_pb2
from innkeeper.users.v1 import erasures_pb2, users_pb2
from innkeeper.users.v1.users_pb2_grpc import UsersServiceStub
from services.booking.store import get
from services.booking.tables import BOOKINGS
from services.payments.tables import LEDGER_ENTRIES, OPERATIONS, PAYMENTS
from services.users.farewell import Farewell
from tests.conftest import RunningPlatform, StartPlatform
from tests.errors import refused
from tests.service.booking.desk import Desk, key
from tests.service.privacy.life import STAFF, Person, until
from tests.service.privacy.marks import Marks

HOLDERS = ("auth", "users", "payments", "booking")


@pytest.fixture
async def ada(platform: StartPlatform) -> Person:
    """Somebody with a record and a hotel in front."""
    running = await platform("auth", "users", "bank", "payments", "hotels", "booking")
    person = Person(running=running, marks=Marks("ada", 1931))
    await Desk(running=running).open()
    await person.sign_up()
    person.desk = Desk(running=running, user=person.name)
    return person


async def test_a_token_that_is_good_still_changes_nothing(ada: Person) -> None:
    request = ada.desk.order(await ada.desk.quote())
    again = ada.desk.order(await ada.desk.quote())
    booking = await ada.desk.stub.CreateBooking(request)
    await ada.leave()
    async with refused(StatusCode.UNAUTHENTICATED, "USER_DELETED"):
        await ada.desk.stub.CreateBooking(again)
    async with refused(StatusCode.UNAUTHENTICATED, "USER_DELETED"):
        await ada.desk.cancel(booking.name)
    users = ada.running.stub(UsersServiceStub, token=ada.token)
    person = users_pb2.User(given_name="Ada", email="ada@example.org")
    async with refused(StatusCode.UNAUTHENTICATED, "USER_DELETED"):
        await users.CreateUser(users_pb2.CreateUserRequest(user=person, request_id=key()))
    assert (await ada.desk.stub.ListBookings(booking_pb2.ListBookingsRequest())).bookings == []


async def test_a_name_is_not_given_again(ada: Person) -> None:
    await ada.leave()
    staff = ada.running.stub(UsersServiceStub, token=ada.running.token("users/staff", STAFF))
    person = users_pb2.User(given_name="Ada", email="ada@example.org")
    again = users_pb2.CreateUserRequest(user=person, user_id=ada.name.removeprefix("users/"), request_id=key())
    async with refused(StatusCode.ALREADY_EXISTS, "RESOURCE_EXISTS"):
        await staff.CreateUser(again)


async def test_who_has_an_account_and_no_record_is_deleted_as_well(platform: StartPlatform) -> None:
    running = await platform("auth", "users")
    ada = Person(running=running, marks=Marks("ada", 1931), name="users/ada", token=running.token("users/ada", STAFF))
    erasure = await ada.leave()
    assert {told.service for told in erasure.services} == {"auth", "users"}


async def test_a_stay_that_is_to_come_stands_without_its_guest(ada: Person) -> None:
    booking = await ada.desk.book()
    before = await ada.desk.balances()
    await ada.leave()
    kept = await ada.running.database("booking").read(lambda session: get(session, booking.name))
    assert (kept.state.name, kept.confirmation_code) == ("CONFIRMED", booking.confirmation_code)
    assert (kept.user, kept.lead_guest.given_name, kept.lead_guest.email) == ("", "", "")
    assert max(await ada.desk.sold()) == 1
    assert await ada.desk.balances() == before, "the books stay, to the cent"
    paid = select(PAYMENTS.c.user).union_all(select(OPERATIONS.c.card_token))
    rows = await ada.running.database("payments").read(lambda session: set(session.scalars(paid)))
    assert rows == {""}
    entries = select(LEDGER_ENTRIES)
    assert await ada.running.database("payments").read(lambda session: session.execute(entries).all())


async def test_a_card_that_the_bank_has_to_answer_for_waits_for_that(ada: Person) -> None:
    order = ada.desk.order(await ada.desk.quote(), "tok_slow")
    booking = asyncio.ensure_future(ada.desk.stub.CreateBooking(order))
    waiting = select(OPERATIONS.c.key).where(OPERATIONS.c.card_token != "")
    await until(lambda: _any(ada.running.database("payments"), waiting))
    users = ada.running.stub(UsersServiceStub, token=ada.token)
    await users.DeleteUser(users_pb2.DeleteUserRequest(name=ada.name, request_id=key()))
    await ada.running.settled()
    erasure = await ada.erasure()
    pending = {told.service for told in erasure.services if told.state == erasures_pb2.ERASURE_STATE_PENDING}
    assert pending == {"booking", "payments"}
    of_guest = select(BOOKINGS.c.name).where(BOOKINGS.c.email != "")
    assert not await _any(ada.running.database("booking"), of_guest), "the guest goes at once"
    await ada.erased()
    await asyncio.wait([booking])
    staff = Desk(running=ada.running, user="users/staff", scopes=STAFF)

    async def is_paid() -> bool:
        found = (await staff.stub.ListBookings(booking_pb2.ListBookingsRequest())).bookings
        return [each.payment_state for each in found] == [booking_pb2.Booking.PAYMENT_STATE_CAPTURED]

    await until(is_paid)


async def test_all_look_once_more_when_no_token_can_be_good(ada: Person) -> None:
    await ada.leave()
    await _tell_last(ada.running, timedelta(0))
    assert not any(told.HasField("last_time") for told in (await ada.erasure()).services), "tokens are good still"
    booking = ada.running.database("booking")
    late = BOOKINGS.update().values(user=ada.name, given_name="Ada")  # as by a call that was under way
    await ada.another_books()
    await booking.write(lambda session: session.execute(late).rowcount)
    await _tell_last(ada.running, timedelta(hours=1))
    await ada.running.settled()
    erasure = await ada.erasure()
    assert all(told.HasField("last_time") for told in erasure.services)
    assert not await _any(booking, select(BOOKINGS.c.name).where(BOOKINGS.c.given_name == "Ada"))
    for service in HOLDERS:
        assert not await _any(ada.running.database(service), select(ERASED_USERS.c.user)), "nobody is kept out for ever"


async def test_it_is_done_again_on_request(ada: Person) -> None:
    await ada.leave()
    await ada.another_books()
    restored = BOOKINGS.update().values(user=ada.name, given_name="Ada")
    await ada.running.database("booking").write(lambda session: session.execute(restored).rowcount)
    staff = ada.running.stub(UsersServiceStub, token=ada.running.token("users/staff", STAFF))
    repeat = erasures_pb2.RepeatErasureRequest(name=f"{ada.name}/erasure", request_id=key())
    assert (await staff.RepeatErasure(repeat)).state == erasures_pb2.ERASURE_STATE_PENDING
    await ada.erased()
    left = select(BOOKINGS.c.name).where(BOOKINGS.c.given_name == "Ada")
    assert not await _any(ada.running.database("booking"), left)
    async with refused(StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await staff.GetErasure(erasures_pb2.GetErasureRequest(name="users/nobody/erasure"))


async def _tell_last(running: RunningPlatform, later: timedelta) -> None:
    """What the timer of `users` does, at a later time."""
    life = timedelta(seconds=running.platform.settings.access_token_seconds)
    await Farewell(running.database("users"), lambda: utc_now() + later, (), life).tell_last()


async def _any(database: Database, query: object) -> bool:
    return await database.read(lambda session: session.execute(query).first()) is not None  # type: ignore[call-overload]
