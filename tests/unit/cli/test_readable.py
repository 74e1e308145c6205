"""Messages are shown as people read them."""

from __future__ import annotations

from textwrap import dedent

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.empty_pb2 import Empty
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc.error_details_pb2 import ErrorInfo
from google.type.date_pb2 import Date
from google.type.latlng_pb2 import LatLng
from google.type.money_pb2 import Money
from google.type.postal_address_pb2 import PostalAddress

from clients.cli.prompt.readable import readable
from innkeeper.hotels.v1.hotels_pb2 import AMENITY_POOL, AMENITY_WIFI, Hotel, StayPrice, Tax, TaxLine
from innkeeper.users.v1.users_pb2 import MEMBERSHIP_GOLD, User

SHOWN = [
    pytest.param(Money(currency_code="EUR", units=119, nanos=500_000_000), "119.50 EUR", id="money"),
    pytest.param(Money(currency_code="JPY", units=9000), "9000 JPY", id="money without decimals"),
    pytest.param(Money(currency_code="EUR", units=-1, nanos=-10_000_000), "-1.01 EUR", id="money that is owed"),
    pytest.param(Money(currency_code="ZZZ", units=1), "1 ZZZ", id="money of nowhere"),
    pytest.param(Date(year=2027, month=5, day=1), "2027-05-01", id="date"),
    pytest.param(LatLng(latitude=48.2, longitude=16.4), "(48.2, 16.4)", id="place"),
    pytest.param(Timestamp(seconds=1_809_000_000), "2027-04-29T12:00:00Z", id="instant"),
    pytest.param(Duration(seconds=90), "90s", id="duration"),
    pytest.param(FieldMask(paths=["a", "b.c"]), "a,b.c", id="mask"),
    pytest.param(Empty(), "{}", id="nothing"),
    pytest.param(User(given_name="Zoë", age=0), "given_name: Zoë\nage: 0", id="fields"),
    pytest.param(User(membership=MEMBERSHIP_GOLD), "membership: MEMBERSHIP_GOLD", id="enum"),
    pytest.param(User(given_name="a\x1b[2Jb\n"), r"given_name: 'a\x1b[2Jb\n'", id="control characters"),
    pytest.param(ErrorInfo(metadata={"b": "2", "a": "1"}), "metadata:\n  a: 1\n  b: 2", id="map"),
    pytest.param(Hotel(amenities=[AMENITY_WIFI, AMENITY_POOL]), "amenities: [AMENITY_WIFI, AMENITY_POOL]", id="words"),
    pytest.param(Hotel(address=PostalAddress(locality="Wien")), "address:\n  locality: Wien", id="nested"),
    pytest.param(Hotel(address=PostalAddress()), "address: {}", id="nested, empty"),
    pytest.param(
        StayPrice(
            taxes=[TaxLine(display_name="VAT", amount=Money(currency_code="EUR", units=9)), TaxLine()],
            total=Money(currency_code="EUR", units=90),
        ),
        dedent(
            """\
            taxes:
              - display_name: VAT
                amount: 9.00 EUR
              - {}
            total: 90.00 EUR"""
        ),
        id="a list of messages",
    ),
    pytest.param(Tax(basis_points=0), "basis_points: 0", id="a zero that was chosen"),
]


@pytest.mark.parametrize(("message", "text"), SHOWN)
def test_a_message_is_shown(message: Message, text: str) -> None:
    assert readable(message) == text


def test_a_map_of_messages_is_shown_below_its_keys() -> None:
    struct = Struct()
    struct.update({"a": {"b": True}})
    assert readable(struct).splitlines()[:3] == ["fields:", "  a:", "    struct_value:"]
