"""Values of other standard types that mean nothing, and facts that are none."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, nan
from typing import Any, Final

from google.protobuf.any_pb2 import Any as AnyMessage
from google.type.latlng_pb2 import LatLng

from innkeeper.hotels.v1.hotel_events_pb2 import HotelChanged
from tests.contract.bad_requests.breaking.presence import is_read
from tests.contract.bad_requests.spots import Change, Spot
from tests.contract.calls.declarations import rules_of

NO_PLACES: Final = (
    (90.1, 0.0),
    (-90.1, 0.0),
    (0.0, 180.1),
    (0.0, -180.1),
    (nan, 0.0),
    (0.0, nan),
    (inf, 0.0),
    (0.0, -inf),
)
NO_PATHS: Final = ("", "*", "name", "etag", "create_time", "unheard_of", "display_name.", ".", "a" * 1000, "\x00")

NOT_SO: Final = {
    "innkeeper.booking.v1.CreateBookingRequest.quote_token": ("a", "a.b.c", "eyJhbGciOiJub25lIn0.e30."),
    "innkeeper.hotels.v1.Hotel.currency_code": ("XXQ", "XAU"),
    "innkeeper.hotels.v1.Hotel.time_zone": ("Europe/Atlantis", "Europe", "../etc/passwd", "/etc/localtime", "-"),
    "google.type.PostalAddress.revision": (1, -1),
    "innkeeper.auth.v1.CreateAccountRequest.password": ("password12", "1234567890"),
    "innkeeper.auth.v1.ChangePasswordRequest.new_password": ("password12", "1234567890"),
}
"""Values of the right form that name nothing that there is."""


def _is(spot: Spot, name: str) -> bool:
    return spot.field.message_type is not None and spot.field.message_type.full_name == name


def no_such_place(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """Degrees that the earth does not have."""
    if _is(spot, "google.type.LatLng"):
        for latitude, longitude in NO_PLACES:
            place = LatLng(latitude=latitude, longitude=longitude)
            yield f"{latitude}, {longitude}", spot.becomes(place)


def bad_mask(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """Fields that there are not, or that nobody may change; and parts of fields, which change as a whole."""
    if _is(spot, "google.protobuf.FieldMask"):
        allowed = list(getattr(rules_of(spot.field).field_mask, "in"))
        for path in (
            *NO_PATHS,
            *(f"{path}.{part}" for path in allowed for part in ("year", "units", "region_code", "x")),
        ):
            yield repr(path), lambda holder, path=path: getattr(holder, spot.field.name).paths.append(path)


def bad_payload(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """What names no type. Whether the message within can be read, its subscriber finds out, and keeps it if not."""
    if _is(spot, "google.protobuf.Any"):
        known = f"type.googleapis.com/{HotelChanged.DESCRIPTOR.full_name}"
        for payload in (
            AnyMessage(),
            AnyMessage(type_url="\x00/\x00"),
            AnyMessage(type_url=HotelChanged.DESCRIPTOR.full_name),
            AnyMessage(type_url=f"{known}\x00"),
            AnyMessage(type_url=f"{known}/"),
        ):
            yield str(payload)[:80].replace("\n", " "), spot.becomes(payload)


def not_of_this_world(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """Names of the right form for what does not exist."""
    for value in NOT_SO.get(spot.field.full_name, ()) if is_read(request, spot) else ():
        yield repr(value), spot.becomes(value)
