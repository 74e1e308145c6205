"""Quotes are believed only if they are ours, whole, and current."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import timedelta

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.type.money_pb2 import Money
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey

from buf.validate import validate_pb2
from chassis.dates import from_date, to_timestamp
from innkeeper.booking.v1 import booking_pb2
from innkeeper.hotels.v1 import hotels_pb2
from services.booking.quote import QuoteExpired, QuoteInvalid, Quotes
from tests.unit.booking.examples import NOW, ROOM_TYPE, STAY

SECRET = b"s" * 32
LIFETIME = timedelta(minutes=15)
QUOTES = Quotes(SECRET, LIFETIME)
QUOTE = booking_pb2.Quote(
    hotel="hotels/sacher",
    check_in=from_date(STAY.check_in),
    check_out=from_date(STAY.check_out),
    guests=2,
    price=hotels_pb2.StayPrice(room_type=ROOM_TYPE, total=Money(currency_code="EUR", units=300)),
    time_zone="Europe/Vienna",
)
TOKEN = QUOTES.sign(QUOTE, units=7, now=NOW).token


def test_a_quote_is_read_back_as_it_was_signed() -> None:
    signed = QUOTES.sign(QUOTE, units=7, now=NOW)
    assert signed.expire_time == to_timestamp(NOW + LIFETIME)
    found = QUOTES.read(signed.token)
    assert found.units == 7
    assert found.quote == booking_pb2.Quote(
        hotel=QUOTE.hotel,
        check_in=QUOTE.check_in,
        check_out=QUOTE.check_out,
        guests=2,
        price=QUOTE.price,
        time_zone=QUOTE.time_zone,
        expire_time=signed.expire_time,
    )


def test_a_quote_can_be_booked_until_it_expires() -> None:
    found = QUOTES.read(TOKEN)
    found.check_current(NOW + LIFETIME - timedelta(seconds=1))
    with pytest.raises(QuoteExpired):
        found.check_current(NOW + LIFETIME)


def forged(header: dict[str, str], body: str, key: bytes = SECRET) -> str:
    return jws.serialize_compact(header, body, OctKey.import_key(key), algorithms=["HS256", "HS512"])


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="empty"),
        pytest.param("quote", id="a word"),
        pytest.param("a.b.c", id="three parts of nothing"),
        pytest.param(TOKEN[:-1], id="cut off"),
        pytest.param(TOKEN + "A", id="longer"),
        pytest.param(".".join([*TOKEN.split(".")[:2], ""]), id="without a signature"),
        pytest.param(forged({"alg": "HS256"}, "{}", b"t" * 32), id="signed with another key"),
        pytest.param(forged({"alg": "HS512"}, "{}"), id="signed with another algorithm"),
        pytest.param(forged({"alg": "HS256"}, "{}"), id="ours, but no quote"),
        pytest.param(forged({"alg": "HS256"}, "no JSON"), id="ours, but no JSON"),
        pytest.param(
            forged({"alg": "HS256"}, json.dumps({"quote": b64encode(b"\xff\xff").decode(), "units": 1})),
            id="ours, but of another age",
        ),
    ],
)
def test_what_is_not_a_quote_of_ours(token: str) -> None:
    with pytest.raises(QuoteInvalid):
        QUOTES.read(token)


@given(st.data())
def test_an_altered_letter_is_noticed(draw: st.DataObject) -> None:
    place = draw.draw(st.integers(0, len(TOKEN) - 1))
    letter = draw.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."))
    altered = TOKEN[:place] + letter + TOKEN[place + 1 :]
    try:
        found = QUOTES.read(altered)
    except QuoteInvalid:
        return
    # The last letter of a part may hold bits that mean nothing.
    assert (found.quote, found.units) == (QUOTES.read(TOKEN).quote, 7)


def test_the_longest_quote_still_fits_into_the_contract() -> None:
    longest = booking_pb2.Quote()
    longest.CopyFrom(QUOTE)
    name = "a" * 63
    amount = Money(currency_code="EUR", units=2**62, nanos=999_999_999)
    longest.price.CopyFrom(
        hotels_pb2.StayPrice(
            room_type=f"hotels/{name}/roomTypes/{name}",
            rate_plan=f"hotels/{name}/ratePlans/{name}",
            nights=[hotels_pb2.NightPrice(date=from_date(STAY.check_in), price=amount)] * 30,
            taxes=[hotels_pb2.TaxLine(display_name="税" * 100, amount=amount)] * 10,
            total=amount,
            cancellation_terms=[hotels_pb2.CancellationTerm(deadline=to_timestamp(NOW), refund_percent=100)] * 10,
        )
    )
    field: FieldDescriptor = booking_pb2.CreateBookingRequest.DESCRIPTOR.fields_by_name["quote_token"]
    allowed = field.GetOptions().Extensions[validate_pb2.field].string.max_len
    assert len(QUOTES.sign(longest, units=10_000, now=NOW).token) <= allowed
