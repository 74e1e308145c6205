"""GetUser and ListUsers: everybody sees the own record, and staff all."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from grpc import StatusCode

from innkeeper.users.v1 import users_pb2
from innkeeper.users.v1.users_pb2_grpc import UsersServiceStub
from tests.errors import refused
from tests.service.users.conftest import People

if TYPE_CHECKING:
    from innkeeper.users.v1.users_pb2_grpc import UsersServiceAsyncStub


async def listed(caller: UsersServiceAsyncStub, page_size: int) -> list[list[str]]:
    """The names on each page."""
    pages, token = [], ""
    while not pages or token:
        request = users_pb2.ListUsersRequest(page_size=page_size, page_token=token)
        response = await caller.ListUsers(request)
        pages.append([user.name for user in response.users])
        token = response.next_page_token
    return pages


async def test_another_s_record_is_as_one_that_does_not_exist(people: People) -> None:
    await people.create("ada")
    messages = []
    for name in ("users/ada", "users/nobody"):
        async with refused(StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND") as failure:
            await people.caller("grace").GetUser(users_pb2.GetUserRequest(name=name))
        messages.append((failure.error.details() or "").replace(name, "…"))
    assert messages[0] == messages[1]


async def test_staff_sees_every_record(people: People) -> None:
    ada = await people.create("ada")
    assert await people.staff().GetUser(users_pb2.GetUserRequest(name="users/ada")) == ada


async def test_a_service_sees_what_its_user_sees(people: People) -> None:
    ada = await people.create("ada")
    for_ada = people.running.inside(UsersServiceStub, as_service="booking", user="users/ada")
    assert await for_ada.GetUser(users_pb2.GetUserRequest(name="users/ada")) == ada
    for_grace = people.running.inside(UsersServiceStub, as_service="booking", user="users/grace")
    async with refused(StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await for_grace.GetUser(users_pb2.GetUserRequest(name="users/ada"))


async def test_pages_go_through_all_records_by_name(people: People) -> None:
    for user_id in ("grace", "ada", "edith", "barbara", "dorothy"):
        await people.create(user_id)
    names = [f"users/{user_id}" for user_id in ("ada", "barbara", "dorothy", "edith", "grace")]
    assert await listed(people.staff(), 2) == [names[:2], names[2:4], names[4:]]
    assert await listed(people.staff(), 5) == [names], "a full page may be the last"
    assert await listed(people.staff(), 0) == [names]


async def test_a_page_goes_on_where_the_one_before_ended_whatever_happened_meanwhile(people: People) -> None:
    for user_id in ("ada", "dorothy", "grace"):
        await people.create(user_id)
    staff = people.staff()
    first = await staff.ListUsers(users_pb2.ListUsersRequest(page_size=2))
    await people.create("barbara")
    await people.create("edith")
    await staff.DeleteUser(users_pb2.DeleteUserRequest(name="users/dorothy", request_id=str(uuid4())))
    rest = await staff.ListUsers(users_pb2.ListUsersRequest(page_size=2, page_token=first.next_page_token))
    assert [user.name for user in rest.users] == ["users/edith", "users/grace"]


async def test_a_user_lists_the_own_record(people: People) -> None:
    for user_id in ("ada", "grace"):
        await people.create(user_id)
    assert await listed(people.caller("grace"), 1) == [["users/grace"]]
    assert await listed(people.caller("edith"), 1) == [[]]
    assert await listed(people.program(), 1) == [[]]


async def test_a_token_of_nobody_s_making_is_no_page(people: People) -> None:
    async with refused(StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"):
        await people.staff().ListUsers(users_pb2.ListUsersRequest(page_token="abc"))


async def test_services_look_up_whoever_it_is(people: People) -> None:
    await people.create("ada", language_code="pt-BR")
    nobody = people.running.inside(UsersServiceStub, as_service="notifications")
    found = await nobody.LookUpUser(users_pb2.LookUpUserRequest(name="users/ada"))
    assert found == await people.caller("ada").GetUser(users_pb2.GetUserRequest(name="users/ada"))
    assert found.language_code == "pt-BR"
    async with refused(StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await nobody.LookUpUser(users_pb2.LookUpUserRequest(name="users/grace"))


@pytest.mark.parametrize(
    "language",
    [
        "en",
        "pt-BR",
        "zh-Hant-TW",
        "zh-cmn-Hans-CN",
        "de-CH-1901",
        "sl-rozaj-biske",
        "es-419",
        "en-u-ca-gregory",
        "de-x-a",
    ],
)
async def test_a_language_that_there_may_be(language: str, people: People) -> None:
    assert (await people.create("ada", language_code=language)).language_code == language


@pytest.mark.parametrize(
    "language",
    ["english", "e", "en_GB", "en-", "-en", "en--GB", "en GB", "de-419-DE", "en-GBR1x-", "x", "en\n", "é", "1a"],
)
async def test_a_language_that_is_none(language: str, people: People) -> None:
    async with refused(StatusCode.INVALID_ARGUMENT, "INVALID_FIELD") as refusal:
        await people.create("ada", language_code=language)
    assert refusal.fields == ["user.language_code"]
