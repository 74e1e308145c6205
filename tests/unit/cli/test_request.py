"""Requests are built from what is quickly typed at the prompt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date
from google.type.latlng_pb2 import LatLng
from google.type.money_pb2 import Money
from hypothesis import given
from hypothesis import strategies as st

from chassis.money import from_minor
from clients.cli.prompt.readable import readable
from clients.cli.prompt.request import Unfit, built
from innkeeper.auth.v1.auth_pb2 import ClientCredentials, IssueTokenRequest, Tokens
from innkeeper.hotels.v1.hotels_pb2 import AMENITY_POOL, AMENITY_WIFI, Hotel, RatePlan, Season, Tax
from innkeeper.search.v1.search_pb2 import SearchHotelsRequest
from innkeeper.users.v1.users_pb2 import MEMBERSHIP_GOLD, CreateUserRequest, GetUserRequest, UpdateUserRequest, User

MAY_DAY = Date(year=2027, month=5, day=1)
NOON = Timestamp(seconds=1_809_000_000)

FITTING = [
    pytest.param({"name": "users/ada"}, GetUserRequest(name="users/ada"), id="a string"),
    pytest.param(
        {"user": {"given_name": "Ada", "birth_date": "2027-05-01"}},
        CreateUserRequest(user=User(given_name="Ada", birth_date=MAY_DAY)),
        id="a mapping for a nested message",
    ),
    pytest.param({"user": User(email="a@b.c")}, CreateUserRequest(user=User(email="a@b.c")), id="a message as it is"),
    pytest.param({"birth_date": date(2027, 5, 1)}, User(birth_date=MAY_DAY), id="a date"),
    pytest.param({"birth_date": {"year": 2027, "month": 5, "day": 1}}, User(birth_date=MAY_DAY), id="a date by parts"),
    pytest.param({"membership": "MEMBERSHIP_GOLD"}, User(membership=MEMBERSHIP_GOLD), id="an enum value by name"),
    pytest.param({"membership": "gold"}, User(membership=MEMBERSHIP_GOLD), id="an enum value by short name"),
    pytest.param({"membership": 4}, User(membership=MEMBERSHIP_GOLD), id="an enum value by number"),
    pytest.param({"amenities": ["wifi", 3]}, Hotel(amenities=[AMENITY_WIFI, AMENITY_POOL]), id="a list of enum values"),
    pytest.param({"location": (48.2, 16.4)}, Hotel(location=LatLng(latitude=48.2, longitude=16.4)), id="a place"),
    pytest.param(
        {"taxes": [{"display_name": "City tax", "per_stay": "3.50 EUR"}]},
        Hotel(taxes=[Tax(display_name="City tax", per_stay=Money(currency_code="EUR", units=3, nanos=500_000_000))]),
        id="a list of messages",
    ),
    pytest.param(
        {"per_stay": "-0.01 EUR"}, Tax(per_stay=Money(currency_code="EUR", nanos=-10_000_000)), id="less than nothing"
    ),
    pytest.param({"update_mask": "a,b.c"}, UpdateUserRequest(update_mask=FieldMask(paths=["a", "b.c"])), id="a mask"),
    pytest.param({"update_mask": ["a"]}, UpdateUserRequest(update_mask=FieldMask(paths=["a"])), id="a mask as a list"),
    pytest.param({"create_time": "2027-04-29T14:00:00+02:00"}, User(create_time=NOON), id="an instant"),
    pytest.param(
        {"create_time": datetime.fromtimestamp(1_809_000_000, UTC)}, User(create_time=NOON), id="an instant of Python's"
    ),
    pytest.param({"expires_in": "90s"}, Tokens(expires_in=Duration(seconds=90)), id="a duration"),
    pytest.param(
        {"expires_in": timedelta(seconds=90)}, Tokens(expires_in=Duration(seconds=90)), id="a duration of Python's"
    ),
    pytest.param(
        {"client_credentials": {"client_id": "cli"}, "scopes": ["users.read"]},
        IssueTokenRequest(client_credentials=ClientCredentials(client_id="cli"), scopes=["users.read"]),
        id="one of several",
    ),
]

UNFIT = [
    pytest.param(
        GetUserRequest, {"nam": "users/ada"}, "GetUserRequest has no field 'nam'; its fields: name", id="name"
    ),
    pytest.param(GetUserRequest, {"name": 7}, "GetUserRequest.name: ", id="type"),
    pytest.param(
        CreateUserRequest, {"user": "Ada"}, "CreateUserRequest.user: needs a dict of name, given_name", id="text"
    ),
    pytest.param(CreateUserRequest, {"user": {"nick": "A"}}, "User has no field 'nick'", id="nested name"),
    pytest.param(User, {"membership": "platinum"}, "User.membership: no 'platinum' among MEMBERSHIP_UNSPEC", id="enum"),
    pytest.param(User, {"birth_date": "May 1"}, "User.birth_date: Invalid isoformat string: 'May 1'", id="date"),
    pytest.param(
        RatePlan, {"base_price": "free"}, "RatePlan.base_price: needs an amount such as '119.50 EUR'", id="money"
    ),
    pytest.param(Hotel, {"amenities": "wifi"}, "Hotel.amenities: needs a list, not 'wifi'", id="no list"),
    pytest.param(Hotel, {"location": 48.2}, "Hotel.location: ", id="place"),
]


@pytest.mark.parametrize(("values", "message"), FITTING)
def test_a_request_is_built_from_plain_values(values: Mapping[str, Any], message: Message) -> None:
    assert built(message.DESCRIPTOR, values) == message


@pytest.mark.parametrize(("kind", "values", "said"), UNFIT)
def test_what_does_not_fit_is_named(kind: type[Message], values: Mapping[str, Any], said: str) -> None:
    descriptor: Descriptor = kind.DESCRIPTOR
    with pytest.raises(Unfit) as refused:
        built(descriptor, values)
    assert str(refused.value).startswith(said)


@given(st.integers(min_value=-(10**12), max_value=10**12), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_an_amount_is_read_as_it_is_shown(minor: int, currency: str) -> None:
    money = from_minor(minor, currency)
    assert built(Tax.DESCRIPTOR, {"per_stay": readable(money)}) == Tax(per_stay=money)


@given(st.dates())
def test_a_date_is_read_as_it_is_shown(day: date) -> None:
    season = built(Season.DESCRIPTOR, {"start_date": day})
    assert isinstance(season, Season)
    assert built(Season.DESCRIPTOR, {"start_date": readable(season.start_date)}) == season


@pytest.mark.parametrize("field", ["city", "place"])
def test_a_oneof_takes_the_field_that_is_named(field: str) -> None:
    request = built(SearchHotelsRequest.DESCRIPTOR, {field: "Vienna"})
    assert isinstance(request, SearchHotelsRequest)
    assert request.WhichOneof("area") == field
