"""CreateUser."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from google.type.date_pb2 import Date
from grpc import StatusCode
from grpc.aio import AioRpcError

from chassis.dates import from_timestamp
from chassis.errors import reason_of
from innkeeper.users.v1 import users_pb2
from tests.errors import refused
from tests.service.users.conftest import People, creation


async def test_a_user_creates_the_own_record(people: People) -> None:
    before = datetime.now(UTC)
    user = await people.create(
        "ada",
        given_name="Ada",
        family_name="Lovelace",
        birth_date=Date(year=1990, month=12, day=10),
        membership=users_pb2.MEMBERSHIP_BASIC,
    )
    assert (user.name, user.given_name, user.family_name) == ("users/ada", "Ada", "Lovelace")
    assert (user.email, user.membership) == ("ada@example.org", users_pb2.MEMBERSHIP_BASIC)
    assert before <= from_timestamp(user.create_time) <= datetime.now(UTC)
    assert user.create_time == user.update_time
    assert user.etag
    assert user == await people.caller("ada").GetUser(users_pb2.GetUserRequest(name="users/ada"))


async def test_age_is_that_of_today(people: People) -> None:
    today = datetime.now(UTC).date()
    birth_date = Date(year=today.year - 30, month=1, day=1)
    user = await people.create("ada", birth_date=birth_date)
    assert user.age == 30


async def test_without_a_birth_date_there_is_no_age(people: People) -> None:
    user = await people.create("ada")
    assert not user.HasField("age")
    assert user.membership == users_pb2.MEMBERSHIP_NONE


async def test_what_the_service_sets_is_not_read(people: People) -> None:
    user = await people.create("ada", name="users/grace", age=7, etag="mine")
    assert user.name == "users/ada"
    assert not user.HasField("age")
    assert user.etag != "mine"


async def test_a_record_is_created_once(people: People) -> None:
    await people.create("ada")
    async with refused(StatusCode.ALREADY_EXISTS, "RESOURCE_EXISTS"):
        await people.create("ada", email="another@example.org")


async def test_an_address_is_taken_whatever_its_case(people: People) -> None:
    user = await people.create("ada", email="Ada.Lovelace@Example.org")
    assert user.email == "Ada.Lovelace@Example.org"
    async with refused(StatusCode.ALREADY_EXISTS, "EMAIL_TAKEN") as failure:
        await people.create("grace", email="ada.lovelace@EXAMPLE.ORG")
    assert "lovelace" not in (failure.error.details() or "").lower(), "errors carry no personal data"


async def test_of_many_who_want_an_address_at_once_one_gets_it(people: People) -> None:
    outcomes = await asyncio.gather(
        *(people.create(f"user-{number}", email="ada@example.org") for number in range(8)), return_exceptions=True
    )
    reasons = [reason_of(outcome) for outcome in outcomes if isinstance(outcome, AioRpcError)]
    assert reasons == ["EMAIL_TAKEN"] * 7


async def test_a_repeated_request_gets_the_same_answer(people: People) -> None:
    request = creation("ada")
    ada = people.caller("ada")
    assert await ada.CreateUser(request) == await ada.CreateUser(request)
    request.user.given_name = "Augusta"
    async with refused(StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED"):
        await ada.CreateUser(request)


async def test_staff_creates_any_record(people: People) -> None:
    chosen = await people.staff().CreateUser(creation("grace", as_id="grace", membership=users_pb2.MEMBERSHIP_GOLD))
    assert (chosen.name, chosen.membership) == ("users/grace", users_pb2.MEMBERSHIP_GOLD)
    unnamed = await people.staff().CreateUser(creation("edith"))
    assert unnamed.name not in ("users/edith", "users/grace")


@pytest.mark.parametrize(
    ("request_of", "by"),
    [
        pytest.param(creation("ada", as_id="grace"), "caller", id="another's-record"),
        pytest.param(creation("ada", membership=users_pb2.MEMBERSHIP_SILVER), "caller", id="a-standing-not-earned"),
        pytest.param(creation("ada", as_id="ada"), "program", id="nobody's-program"),
    ],
)
async def test_not_allowed(people: People, request_of: users_pb2.CreateUserRequest, by: str) -> None:
    caller = people.caller("ada") if by == "caller" else people.program()
    async with refused(StatusCode.PERMISSION_DENIED, "NOT_ALLOWED"):
        await caller.CreateUser(request_of)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param({"given_name": "  "}, "user.given_name", id="blank-name"),
        pytest.param({"email": "not an address"}, "user.email", id="no-address"),
        pytest.param({"birth_date": Date(year=2999, month=1, day=1)}, "user.birth_date", id="not-born-yet"),
        pytest.param({"birth_date": Date(year=1850, month=1, day=1)}, "user.birth_date", id="too-old"),
        pytest.param({"birth_date": Date(year=2001, month=2, day=29)}, "user.birth_date", id="no-such-day"),
    ],
)
async def test_a_field_that_breaks_a_rule_is_named(people: People, fields: dict[str, object], field: str) -> None:
    async with refused(StatusCode.INVALID_ARGUMENT, "INVALID_FIELD") as failure:
        await people.create("ada", **fields)
    assert failure.fields == [field]


async def test_a_refused_request_may_come_again_and_succeed(people: People) -> None:
    await people.create("ada", email="shared@example.org")
    request = creation("grace", email="shared@example.org")
    async with refused(StatusCode.ALREADY_EXISTS, "EMAIL_TAKEN"):
        await people.caller("grace").CreateUser(request)
    user = await people.caller("ada").GetUser(users_pb2.GetUserRequest(name="users/ada"))
    await people.caller("ada").DeleteUser(users_pb2.DeleteUserRequest(name=user.name, request_id=request.request_id))
    assert (await people.caller("grace").CreateUser(request)).name == "users/grace"
