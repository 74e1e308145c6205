"""Signed quotes: the right to book a stay at a price, carried by the guest, so that quoting keeps nothing here.

A token is a compact JWS (RFC 7515, HS256) over the quote and the number of rooms of its type.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from google.protobuf.message import DecodeError
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from chassis.dates import from_timestamp, to_timestamp
from chassis.refusal import InvalidField, Refusal
from innkeeper.booking.v1 import booking_pb2

ALGORITHM: Final = "HS256"


class QuoteInvalid(InvalidField):
    """A token that was not made here, or was altered."""

    reason = "QUOTE_INVALID"


class QuoteExpired(Refusal):
    """A quote that has run out."""

    reason = "QUOTE_EXPIRED"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedQuote:
    """What a good token says: the quote, without the token, and how many rooms of the type the hotel has."""

    quote: booking_pb2.Quote
    units: int

    def check_current(self, now: datetime) -> None:
        """Raise QuoteExpired once the quote has run out."""
        expiry = from_timestamp(self.quote.expire_time)
        if now >= expiry:
            raise QuoteExpired(f"the quote could be booked until {expiry:%H:%M:%S} UTC: ask for a new one")


class Quotes:
    """Signs quotes, and reads them back.

    Args:
        secret: The signing key.
        lifetime: How long a quote can be booked.
    """

    def __init__(self, secret: bytes, lifetime: timedelta) -> None:
        self._key = OctKey.import_key(secret)
        self._lifetime = lifetime

    def sign(self, quote: booking_pb2.Quote, *, units: int, now: datetime) -> booking_pb2.Quote:
        """The quote with its expiry and its token."""
        signed = booking_pb2.Quote(expire_time=to_timestamp(now + self._lifetime))
        signed.MergeFrom(quote)
        body = {"quote": b64encode(signed.SerializeToString()).decode(), "units": units}
        signed.token = jws.serialize_compact({"alg": ALGORITHM}, json.dumps(body), self._key)
        return signed

    def read(self, token: str) -> SignedQuote:
        """What the token says, be it current or not. Raises QuoteInvalid."""
        try:
            body = json.loads(jws.deserialize_compact(token, self._key, algorithms=[ALGORITHM]).payload)
            quote = booking_pb2.Quote.FromString(b64decode(body["quote"]))
            return SignedQuote(quote=quote, units=int(body["units"]))
        except (JoseError, DecodeError, ValueError, KeyError):
            raise QuoteInvalid("quote_token", "was altered, or is not ours: ask for a new quote") from None
