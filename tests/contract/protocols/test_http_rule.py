"""HTTP requests are made of messages as `google.api.http` says, for every method that is not the services' own."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.type.date_pb2 import Date

from chassis.policy import Method
from innkeeper.booking.v1.booking_pb2 import CancelBookingRequest, QuoteStayRequest
from innkeeper.hotels.v1.hotels_pb2 import CreateRoomTypeRequest, GetRoomTypeRequest, ListRoomTypesRequest, RoomType
from innkeeper.options.v1.options_pb2 import ACCESS_INTERNAL
from innkeeper.search.v1.search_pb2 import SearchHotelsRequest
from innkeeper.users.v1.users_pb2 import DeleteUserRequest, GetUserRequest, UpdateUserRequest, User
from tests.contract.calls.filling import filled
from tests.contract.calls.served import BY_NAME, EXAMPLES, METHODS, Example, each_method
from tests.contract.protocols.http_rule import Binding, HttpRequest, bindings

UPDATE = UpdateUserRequest(
    user=User(name="users/ada", given_name="Ada"),
    update_mask=FieldMask(paths=["given_name", "family_name"]),
    request_id="8e03978e",
)
SEARCH = SearchHotelsRequest(city="Sankt Pölten", check_in=Date(year=2027, month=1, day=2), page_size=7)


@pytest.mark.parametrize(
    ("name", "message", "verb", "path", "query", "body"),
    [
        pytest.param(
            "hotels.v1.HotelsService.GetRoomType",
            GetRoomTypeRequest(name="hotels/a/roomTypes/b"),
            *("GET", "/v1/hotels/a/roomTypes/b", (), None),
            id="a name of two parts",
        ),
        pytest.param(
            "hotels.v1.HotelsService.ListRoomTypes",
            ListRoomTypesRequest(parent="hotels/a", page_size=2, page_token="x=&y"),
            *("GET", "/v1/hotels/a/roomTypes", (("pageSize", "2"), ("pageToken", "x=&y")), None),
            id="the rest in the query",
        ),
        pytest.param(
            "booking.v1.BookingService.CancelBooking",
            CancelBookingRequest(name="bookings/a", etag="e"),
            *("POST", "/v1/bookings/a:cancel", (), {"etag": "e"}),
            id="the rest in the body",
        ),
        pytest.param(
            "booking.v1.BookingService.QuoteStay",
            QuoteStayRequest(rate_plan="hotels/a/ratePlans/b", check_in=Date(year=2027)),
            *("POST", "/v1/hotels/a/ratePlans/b:quote", (), {"checkIn": {"year": 2027}}),
            id="a verb of our own",
        ),
        pytest.param(
            "hotels.v1.HotelsService.CreateRoomType",
            CreateRoomTypeRequest(parent="hotels/a", room_type=RoomType(units=3), request_id="8e03978e"),
            *("POST", "/v1/hotels/a/roomTypes", (("requestId", "8e03978e"),), {"units": 3}),
            id="a field in the body",
        ),
        pytest.param(
            "users.v1.UsersService.UpdateUser",
            UPDATE,
            "PATCH",
            "/v1/users/ada",
            (("updateMask", "givenName,familyName"), ("requestId", "8e03978e")),
            {"givenName": "Ada"},
            id="a mask",
        ),
        pytest.param(
            "users.v1.UsersService.DeleteUser",
            DeleteUserRequest(name="users/a b?c", etag="e"),
            *("DELETE", "/v1/users/a%20b%3Fc", (("etag", "e"),), None),
            id="no body",
        ),
        pytest.param(
            "search.v1.SearchService.SearchHotels",
            SEARCH,
            "GET",
            "/v1/hotels:search",
            (
                ("city", "Sankt Pölten"),
                ("checkIn.year", "2027"),
                ("checkIn.month", "1"),
                ("checkIn.day", "2"),
                ("pageSize", "7"),
            ),
            None,
            id="a message in the query",
        ),
    ],
)
def test_requests(name: str, message: Any, verb: str, path: str, query: Any, body: Any) -> None:
    made = bindings(BY_NAME[f"innkeeper.{name}"])[0].request(message)
    assert made == HttpRequest(verb=verb, path=path, query=made.query, body=body)
    assert sorted(made.query) == sorted(query)


@each_method(method for method in METHODS if method.access != ACCESS_INTERNAL)
def test_whoever_may_be_called_from_outside_has_a_path(method: Method) -> None:
    assert bindings(method)


@each_method(method for method in METHODS if method.access == ACCESS_INTERNAL)
def test_services_call_each_other_by_grpc_alone(method: Method) -> None:
    assert bindings(method) == []


@pytest.mark.parametrize(
    ("example", "binding"),
    [
        pytest.param(example, binding, id=f"{example}-{binding.verb}")
        for example in EXAMPLES
        for binding in bindings(example.method)
    ],
)
def test_every_request_can_be_said(example: Example, binding: Binding) -> None:
    assert binding.can_say(filled(example.method.request_class, example.alternative))


@pytest.mark.parametrize("name", ["", "users/a/b", "hotels/a"], ids=["empty", "too long", "of another kind"])
def test_a_name_that_no_path_has(name: str) -> None:
    (binding,) = bindings(BY_NAME["innkeeper.users.v1.UsersService.GetUser"])
    assert binding.can_say(GetUserRequest(name="users/a"))
    assert not binding.can_say(GetUserRequest(name=name))
