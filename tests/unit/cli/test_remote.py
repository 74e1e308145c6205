"""Services at the prompt: calls by keyword arguments, with what a person need not type."""

from __future__ import annotations

import inspect
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest

from clients.cli.failure import explained
from clients.cli.prompt.comments import comments
from clients.cli.prompt.remote import Remote
from clients.cli.prompt.request import Unfit
from innkeeper.hotels.v1 import hotels_pb2, hotels_pb2_grpc
from innkeeper.users.v1 import users_pb2, users_pb2_grpc

USERS = users_pb2.DESCRIPTOR.services_by_name["UsersService"]
HOTELS = hotels_pb2.DESCRIPTOR.services_by_name["HotelsService"]


class Users(users_pb2_grpc.UsersServiceServicer):
    """Answers with what it was asked, and tells whose token came along."""

    def GetUser(self, request: users_pb2.GetUserRequest, context: Any) -> users_pb2.User:
        if request.name == "users/nobody":
            context.abort(grpc.StatusCode.NOT_FOUND, "there is no users/nobody")
        return users_pb2.User(name=request.name, given_name=dict(context.invocation_metadata())["authorization"])

    def CreateUser(self, request: users_pb2.CreateUserRequest, context: Any) -> users_pb2.User:
        return users_pb2.User(name="users/ada", given_name=request.user.given_name, etag=request.request_id)


class Hotels(hotels_pb2_grpc.HotelsServiceServicer):
    """Knows every hotel, and counts an import's listings with a request id."""

    def GetHotel(self, request: hotels_pb2.GetHotelRequest, context: Any) -> hotels_pb2.Hotel:
        bearer = dict(context.invocation_metadata()).get("authorization", "nobody")
        return hotels_pb2.Hotel(name=request.name, display_name=bearer)

    def ImportHotels(
        self, requests: Iterator[hotels_pb2.ImportHotelsRequest], _: Any
    ) -> hotels_pb2.ImportHotelsResponse:
        return hotels_pb2.ImportHotelsResponse(created_count=sum(bool(request.request_id) for request in requests))


@pytest.fixture
def channel() -> Iterator[grpc.Channel]:
    server = grpc.server(ThreadPoolExecutor(1))
    users_pb2_grpc.add_UsersServiceServicer_to_server(Users(), server)  # type: ignore[no-untyped-call]
    hotels_pb2_grpc.add_HotelsServiceServicer_to_server(Hotels(), server)  # type: ignore[no-untyped-call]
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield channel
    server.stop(None).wait()


@pytest.fixture
def users(channel: grpc.Channel) -> Any:
    return Remote(USERS, channel, lambda: "secret", comments())


@pytest.fixture
def hotels(channel: grpc.Channel) -> Any:
    return Remote(HOTELS, channel, lambda: "secret", comments())


def test_a_call_takes_keywords_and_brings_a_token(users: Any) -> None:
    assert users.GetUser(name="users/ada") == users_pb2.User(name="users/ada", given_name="Bearer secret")


def test_a_public_method_is_called_without_a_token(hotels: Any) -> None:
    assert hotels.GetHotel(name="hotels/sacher").display_name == "nobody"


def test_a_request_id_is_chosen_where_there_is_none(users: Any) -> None:
    first, second = (users.CreateUser(user={"given_name": "Ada"}).etag for _ in range(2))
    assert uuid.UUID(first) != uuid.UUID(second)


def test_a_request_id_that_is_given_is_kept(users: Any) -> None:
    assert users.CreateUser(user={"given_name": "Ada"}, request_id="mine").etag == "mine"


def test_a_whole_request_is_taken_as_well(users: Any) -> None:
    assert users.GetUser(users_pb2.GetUserRequest(name="users/ada")).name == "users/ada"


def test_a_request_stream_takes_mappings_and_messages(hotels: Any) -> None:
    requests = [{"listing": {"hotel": {"name": "hotels/a"}}}, hotels_pb2.ImportHotelsRequest()]
    assert hotels.ImportHotels(requests).created_count == 2


def test_a_field_that_there_is_not_is_named_before_any_call(users: Any) -> None:
    with pytest.raises(Unfit, match="GetUserRequest has no field 'nam'; its fields: name"):
        users.GetUser(nam="users/ada")


def test_a_refusal_is_told_in_one_line(users: Any) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        users.GetUser(name="users/nobody")
    assert explained(refused.value) == ("NOT_FOUND: there is no users/nobody", 1)


def test_methods_and_fields_are_there_to_complete(users: Any) -> None:
    assert dir(users) == sorted(method.name for method in USERS.methods)
    assert list(inspect.signature(users.CreateUser).parameters) == ["user", "user_id", "request_id"]


def test_the_contracts_comments_are_the_documentation(users: Any) -> None:
    assert users.__doc__ == "Keeps the people who travel with us."
    assert users.GetUser.__doc__.startswith("Returns one person's record.")
    assert "name: str\n    The person's resource name." in users.GetUser.__doc__


def test_a_service_shows_its_methods(users: Any) -> None:
    assert "  UpdateUser(user: User, update_mask: FieldMask, request_id: str) -> User" in repr(users).splitlines()
