"""UpdateUser: masks, etags, races."""

from __future__ import annotations

import asyncio

import pytest
from google.type.date_pb2 import Date
from grpc import StatusCode
from grpc.aio import AioRpcError

from chassis.errors import reason_of
from innkeeper.users.v1 import users_pb2
from tests.errors import refused
from tests.service.users.conftest import People, update

BORN = Date(year=1990, month=12, day=10)


@pytest.mark.parametrize(
    ("changes", "paths", "expected"),
    [
        pytest.param(
            {"given_name": "Augusta", "family_name": "Byron"},
            ["given_name"],
            {"given_name": "Augusta", "family_name": "Lovelace"},
            id="only-what-the-mask-names",
        ),
        pytest.param({}, ["family_name"], {"given_name": "Ada", "family_name": ""}, id="named-and-not-set-is-cleared"),
        pytest.param(
            {"family_name": "Byron"},
            [],
            {"given_name": "Ada", "family_name": "Byron", "birth_date": BORN},
            id="without-a-mask-what-is-set",
        ),
        pytest.param({}, ["birth_date"], {"birth_date": Date(), "given_name": "Ada"}, id="a-birth-date-is-cleared"),
        pytest.param(
            {"email": "ADA@example.org"}, ["email"], {"email": "ADA@example.org"}, id="the-own-address-in-other-case"
        ),
        pytest.param(
            {"membership": users_pb2.MEMBERSHIP_BASIC},
            ["membership"],
            {"membership": users_pb2.MEMBERSHIP_BASIC},
            id="joining-the-club",
        ),
        pytest.param(
            {"language_code": "pt-BR"},
            ["language_code"],
            {"language_code": "pt-BR", "given_name": "Ada"},
            id="a-language",
        ),
        pytest.param({}, ["language_code"], {"language_code": ""}, id="no-language-any-more"),
    ],
)
async def test_masks(people: People, changes: dict[str, object], paths: list[str], expected: dict[str, object]) -> None:
    before = await people.create("ada", family_name="Lovelace", birth_date=BORN, language_code="en-GB")
    after = await people.caller("ada").UpdateUser(update(users_pb2.User(name="users/ada", **changes), *paths))
    assert {field: getattr(after, field) for field in expected} == expected
    assert after.etag != before.etag
    assert after.create_time == before.create_time
    assert after.update_time.ToNanoseconds() > before.update_time.ToNanoseconds()
    assert after == await people.caller("ada").GetUser(users_pb2.GetUserRequest(name="users/ada"))


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        pytest.param({}, "given_name", id="given-name-cleared"),
        pytest.param({"given_name": " "}, "given_name", id="given-name-blank"),
        pytest.param({}, "email", id="address-cleared"),
        pytest.param({"birth_date": Date(year=2999, month=1, day=1)}, "birth_date", id="not-born-yet"),
    ],
)
async def test_the_rules_hold_after_a_change(people: People, changes: dict[str, object], path: str) -> None:
    before = await people.create("ada")
    async with refused(StatusCode.INVALID_ARGUMENT, "INVALID_FIELD") as failure:
        await people.caller("ada").UpdateUser(update(users_pb2.User(name="users/ada", **changes), path))
    assert failure.fields == [f"user.{path}"]
    assert await people.caller("ada").GetUser(users_pb2.GetUserRequest(name="users/ada")) == before


@pytest.mark.parametrize("path", ["name", "age", "etag", "create_time", "*", "nonsense"])
async def test_what_the_service_sets_is_not_changed(people: People, path: str) -> None:
    await people.create("ada")
    async with refused(StatusCode.INVALID_ARGUMENT, "INVALID_FIELD"):
        await people.caller("ada").UpdateUser(update(users_pb2.User(name="users/ada"), path))


async def test_an_address_of_another_is_taken(people: People) -> None:
    await people.create("ada")
    await people.create("grace")
    changes = users_pb2.User(name="users/grace", email="ADA@EXAMPLE.ORG")
    async with refused(StatusCode.ALREADY_EXISTS, "EMAIL_TAKEN"):
        await people.caller("grace").UpdateUser(update(changes, "email"))


async def test_only_staff_raises_a_membership(people: People) -> None:
    await people.create("ada")
    changes = update(users_pb2.User(name="users/ada", membership=users_pb2.MEMBERSHIP_GOLD), "membership")
    async with refused(StatusCode.PERMISSION_DENIED, "NOT_ALLOWED"):
        await people.caller("ada").UpdateUser(changes)
    assert (await people.staff().UpdateUser(changes)).membership == users_pb2.MEMBERSHIP_GOLD
    renamed = update(users_pb2.User(name="users/ada", given_name="Augusta"), "given_name")
    assert (await people.caller("ada").UpdateUser(renamed)).membership == users_pb2.MEMBERSHIP_GOLD


@pytest.mark.parametrize("name", ["users/ada", "users/nobody"])
async def test_nobody_changes_another_s_record(people: People, name: str) -> None:
    await people.create("ada")
    async with refused(StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await people.caller("grace").UpdateUser(update(users_pb2.User(name=name, given_name="Mine"), "given_name"))


async def test_a_stale_etag_changes_nothing(people: People) -> None:
    before = await people.create("ada")
    ada = people.caller("ada")
    first = users_pb2.User(name="users/ada", etag=before.etag, given_name="Augusta")
    after = await ada.UpdateUser(update(first, "given_name"))
    async with refused(StatusCode.ABORTED, "ETAG_MISMATCH"):
        await ada.UpdateUser(update(users_pb2.User(name="users/ada", etag=before.etag, family_name="B"), "family_name"))
    assert await ada.GetUser(users_pb2.GetUserRequest(name="users/ada")) == after


async def test_of_many_changes_of_the_same_version_one_is_stored(people: People) -> None:
    before = await people.create("ada")
    ada = people.caller("ada")
    changes = [
        users_pb2.User(name="users/ada", etag=before.etag, given_name=f"Ada the {number}") for number in range(10)
    ]
    outcomes = await asyncio.gather(
        *(ada.UpdateUser(update(change, "given_name")) for change in changes), return_exceptions=True
    )
    stored = [outcome for outcome in outcomes if isinstance(outcome, users_pb2.User)]
    reasons = [reason_of(outcome) for outcome in outcomes if isinstance(outcome, AioRpcError)]
    assert reasons == ["ETAG_MISMATCH"] * 9
    assert stored == [await ada.GetUser(users_pb2.GetUserRequest(name="users/ada"))]


async def test_changes_without_an_etag_lose_nothing_of_each_other(people: People) -> None:
    await people.create("ada")
    ada = people.caller("ada")
    await asyncio.gather(
        ada.UpdateUser(update(users_pb2.User(name="users/ada", given_name="Augusta"), "given_name")),
        ada.UpdateUser(update(users_pb2.User(name="users/ada", family_name="Lovelace"), "family_name")),
        ada.UpdateUser(update(users_pb2.User(name="users/ada", birth_date=BORN), "birth_date")),
    )
    user = await ada.GetUser(users_pb2.GetUserRequest(name="users/ada"))
    assert (user.given_name, user.family_name, user.birth_date) == ("Augusta", "Lovelace", BORN)


async def test_a_change_of_nothing_keeps_the_version(people: People) -> None:
    before = await people.create("ada", given_name="Ada")
    same = users_pb2.User(name="users/ada", given_name="Ada")
    assert await people.caller("ada").UpdateUser(update(same, "given_name")) == before


async def test_a_repeated_change_happens_once(people: People) -> None:
    before = await people.create("ada")
    ada = people.caller("ada")
    request = update(users_pb2.User(name="users/ada", etag=before.etag, given_name="Augusta"), "given_name")
    assert await ada.UpdateUser(request) == await ada.UpdateUser(request)
