"""What callers of REST expect beside single calls: pages, masks, keys, and streams that come line by line."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any
from uuid import uuid4

import pytest
from google.protobuf.json_format import MessageToDict

from innkeeper.hotels.v1.hotels_pb2 import Hotel, ListHotelsRequest
from innkeeper.registry.v1.registry_pb2 import Mesh, SetTrafficRequest, WatchMeshRequest
from innkeeper.users.v1.users_pb2 import GetUserRequest, User
from tests.contract.calls.filling import filled
from tests.contract.calls.preparing import grant, prepare, resource
from tests.contract.calls.served import BY_NAME, Example
from tests.contract.calls.world import Person, bearer
from tests.contract.protocols.conftest import Outside

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOTELS = "innkeeper.hotels.v1.HotelsService"
REGISTRY = "innkeeper.registry.v1.RegistryService"
USERS = "innkeeper.users.v1.UsersService"


async def test_a_list_comes_page_by_page(outside: Outside) -> None:
    person = await outside.world.newcomer()
    for _ in range(5):
        await grant(outside.world, f"{HOTELS}.CreateHotel", person)
    whole = await outside.grpc.call(BY_NAME[f"{HOTELS}.ListHotels"], ListHotelsRequest(page_size=1000))
    names: list[str] = []
    page: dict[str, Any] = {"nextPageToken": ""}
    while not names or page["nextPageToken"]:
        answer = await outside.http.get("/v1/hotels", params={"pageSize": 2, "pageToken": page["nextPageToken"]})
        page = answer.json()
        assert len(page["hotels"]) <= 2
        names += [hotel["name"] for hotel in page["hotels"]]
    assert names == [hotel.name for hotel in whole.hotels]


async def test_a_mask_says_what_changes(outside: Outside) -> None:
    person, headers = await _somebody(outside)
    path = f"/v1/{person.name}"
    before = await _record(outside, person, headers)
    body = {"givenName": "Augusta", "familyName": "King"}
    keys = [{"idempotency-key": str(uuid4())} for _ in range(3)]

    masked = await outside.http.patch(path, params={"updateMask": "givenName"}, json=body, headers=headers | keys[0])
    assert (masked.json()["givenName"], masked.json()["familyName"]) == ("Augusta", before.family_name)

    unmasked = await outside.http.patch(path, json=body, headers=headers | keys[1])
    assert (unmasked.json()["givenName"], unmasked.json()["familyName"]) == ("Augusta", "King")
    assert unmasked.json()["email"] == before.email, "what was not sent stays"

    unknown = await outside.http.patch(path, params={"updateMask": "shoeSize"}, json=body, headers=headers | keys[2])
    assert unknown.status_code == 400
    assert (await _record(outside, person, headers)).family_name == "King"


async def test_a_key_makes_a_request_safe_to_repeat(outside: Outside) -> None:
    headers = dict(bearer(outside.world.token("users/ada", ["hotels.write", "admin"])))
    hotel = MessageToDict(filled(Hotel))
    keyed = headers | {"idempotency-key": f"{uuid4()}-again"}
    first = await outside.http.post("/v1/hotels", json=hotel, headers=keyed)
    assert first.status_code == 200, first.text
    assert (await outside.http.post("/v1/hotels", json=hotel, headers=keyed)).json() == first.json()

    other = await outside.http.post("/v1/hotels", json=hotel | {"displayName": "Another"}, headers=keyed)
    assert (other.status_code, other.json()["details"][0]["reason"]) == (409, "REQUEST_ID_REUSED")

    unsaid = await outside.http.post("/v1/hotels", json=hotel, headers=headers)
    assert unsaid.status_code == 400
    assert "Idempotency-Key" in unsaid.json()["message"]


async def test_a_body_less_request_is_safe_to_repeat_by_its_key(outside: Outside) -> None:
    person, headers = await _somebody(outside)
    keyed = headers | {"idempotency-key": str(uuid4())}
    for _ in range(2):
        assert (await outside.http.delete(f"/v1/{person.name}", headers=keyed)).status_code == 200
    again = await outside.http.delete(f"/v1/{person.name}", headers=headers | {"idempotency-key": str(uuid4())})
    assert (again.status_code, again.json()["details"][0]["reason"]) == (401, "USER_DELETED")


async def test_a_stream_comes_line_by_line(outside: Outside) -> None:
    """The first line is there before what the second one tells has happened."""
    method, change = BY_NAME[f"{REGISTRY}.WatchMesh"], BY_NAME[f"{REGISTRY}.SetTraffic"]
    person = await outside.world.newcomer()
    reader = outside.world.entitled(method, person)
    async with aclosing(outside.rest.stream(method, WatchMeshRequest(), reader)) as lines:
        first: Mesh = await asyncio.wait_for(anext(lines), 10)
        request: SetTrafficRequest = (await prepare(outside.world, Example(change), person)).request
        await outside.grpc.call(change, request, outside.world.entitled(change, person))
        second: Mesh = await asyncio.wait_for(anext(lines), 10)
    assert second.revision > first.revision


async def _somebody(outside: Outside) -> tuple[Person, dict[str, str]]:
    """Somebody with a record, and what such a one sends."""
    person = await outside.world.newcomer()
    await resource(outside.world, "innkeeper.dev/User", person)
    return person, dict(bearer(outside.world.token(person.name, ["users.read", "users.write"])))


async def _record(outside: Outside, person: Person, headers: dict[str, str]) -> User:
    method = BY_NAME[f"{USERS}.GetUser"]
    answer: User = await outside.grpc.call(method, GetUserRequest(name=person.name), list(headers.items()))
    return answer


async def test_who_guesses_passwords_is_told_when_to_come_back(outside: Outside) -> None:
    email = f"{uuid4()}@example.org"
    account = {"account": {"email": email}, "password": "correct horse battery", "requestId": str(uuid4())}
    assert (await outside.http.post("/v1/accounts", json=account)).status_code == 200
    for _ in range(50):
        guess = {"email": email, "password": "a guess", "requestId": str(uuid4())}
        answer = await outside.http.post("/v1/accounts:signIn", json=guess)
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
