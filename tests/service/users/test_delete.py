"""DeleteUser, and what the service announces."""

from __future__ import annotations

import pytest
from grpc import StatusCode
from sqlalchemy import select

from chassis.storage.tables import OUTBOX
from innkeeper.users.v1 import users_pb2
from innkeeper.users.v1.user_events_pb2 import UserChanged, UserDeleted
from tests.errors import refused
from tests.service.users.conftest import People, creation, deletion, update


async def announced(people: People) -> list[tuple[str, str]]:
    """What was announced of people, in order: the kind of event and whom it is about."""
    kinds = {kind.DESCRIPTOR.full_name: kind for kind in (UserChanged, UserDeleted)}
    query = select(OUTBOX.c.type, OUTBOX.c.aggregate, OUTBOX.c.payload).where(OUTBOX.c.type.in_(kinds))
    query = query.order_by(OUTBOX.c.sequence)
    rows = await people.running.database("users").read(lambda session: session.execute(query).all())
    events = [(kinds[row.type].FromString(row.payload), row.aggregate) for row in rows]
    assert all(event.user == aggregate for event, aggregate in events)
    return [(type(event).__name__, event.user) for event, _ in events]


async def test_a_deleted_record_is_gone_and_its_address_is_free(people: People) -> None:
    await people.create("ada")
    ada = people.caller("ada")
    await ada.DeleteUser(deletion("users/ada"))
    async with refused(StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await ada.GetUser(users_pb2.GetUserRequest(name="users/ada"))
    async with refused(StatusCode.UNAUTHENTICATED, "USER_DELETED"):
        await ada.DeleteUser(deletion("users/ada"))
    async with refused(StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await people.staff().DeleteUser(deletion("users/ada"))
    assert (await people.create("grace", email="ada@example.org")).email == "ada@example.org"


async def test_a_repeated_deletion_is_the_same_one(people: People) -> None:
    await people.create("ada")
    request = deletion("users/ada")
    await people.caller("ada").DeleteUser(request)
    await people.caller("ada").DeleteUser(request)
    assert await announced(people) == [("UserChanged", "users/ada"), ("UserDeleted", "users/ada")]


@pytest.mark.parametrize("name", ["users/ada", "users/nobody"])
async def test_nobody_deletes_another_s_record(people: People, name: str) -> None:
    await people.create("ada")
    async with refused(StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await people.caller("grace").DeleteUser(deletion(name))
    assert (await people.staff().GetUser(users_pb2.GetUserRequest(name="users/ada"))).name == "users/ada"


async def test_a_stale_etag_deletes_nothing(people: People) -> None:
    before = await people.create("ada")
    ada = people.caller("ada")
    after = await ada.UpdateUser(update(users_pb2.User(name="users/ada", given_name="Augusta"), "given_name"))
    async with refused(StatusCode.ABORTED, "ETAG_MISMATCH"):
        await ada.DeleteUser(deletion("users/ada", before.etag))
    await ada.DeleteUser(deletion("users/ada", after.etag))


async def test_what_happens_is_announced_without_personal_data(people: People) -> None:
    await people.staff().CreateUser(creation("ada", as_id="ada"))
    ada = people.caller("ada")
    await ada.UpdateUser(update(users_pb2.User(name="users/ada", given_name="Augusta"), "given_name"))
    await ada.UpdateUser(update(users_pb2.User(name="users/ada", given_name="Augusta"), "given_name"))
    await ada.DeleteUser(deletion("users/ada"))
    assert await announced(people) == [
        ("UserChanged", "users/ada"),
        ("UserChanged", "users/ada"),
        ("UserDeleted", "users/ada"),
    ]


async def test_what_is_refused_is_not_announced(people: People) -> None:
    await people.create("ada")
    async with refused(StatusCode.ALREADY_EXISTS, "EMAIL_TAKEN"):
        await people.create("grace", email="ADA@example.org")
    assert await announced(people) == [("UserChanged", "users/ada")]
