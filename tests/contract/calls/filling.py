"""Requests that keep every rule of the contract, filled from the descriptors; their resource names name nothing yet."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final, TypeVar
from uuid import uuid4

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date
from google.type.latlng_pb2 import LatLng
from google.type.money_pb2 import Money

from buf.validate.validate_pb2 import StringRules
from chassis.contract_digest import descriptors_of, digest_of
from chassis.dates import from_date
from chassis.settings import Settings
from innkeeper.hotels.v1 import hotels_pb2
from innkeeper.hotels.v1.hotel_events_pb2 import HotelChanged
from innkeeper.hotels.v1.hotels_pb2 import HotelListing
from innkeeper.users.v1.users_pb2 import MEMBERSHIP_BASIC
from tests.contract.calls.declarations import is_output_only, item_rules, rules_of

VIENNA: Final = "places/2761369"
HOTELS: Final = descriptors_of(hotels_pb2.DESCRIPTOR.services_by_name["HotelsService"])
"""The contract of a service that registers."""

REDIRECT_URI: Final = "https://partner.example/callback"
VERIFIER: Final = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE: Final = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""The example of RFC 7636, appendix B."""

M = TypeVar("M", bound=Message)
ID: Final = "[a-z0-9][a-z0-9-]{0,62}"
"""How contracts write the last part of a resource name."""

COLLECTION: Final = "[a-z]+/"
"""How a contract writes the collection of a resource that may be of any type."""

CODE: Final = "[0-9A-Za-z]{8}"
"""How they write it of a link."""

TEXTS: Final = ("Example", "example", "hotels.read", "1")
"""Tried for strings, in this order, after a new id."""


def _ahead(days: int) -> Callable[[], Date]:
    return lambda: from_date(datetime.now(UTC).date() + timedelta(days=days))


STATED: Final[dict[str, Callable[[], Any]]] = {
    "google.type.PostalAddress.region_code": lambda: "AT",
    "google.type.PostalAddress.revision": lambda: 0,
    "google.type.PostalAddress.language_code": lambda: "de-AT",
    "google.type.PostalAddress.postal_code": lambda: "1010",
    "innkeeper.auth.v1.AuthorizationCodeGrant.code_verifier": lambda: VERIFIER,
    "innkeeper.auth.v1.AuthorizationCodeGrant.redirect_uri": lambda: REDIRECT_URI,
    "innkeeper.auth.v1.AuthorizationRequest.code_challenge": lambda: CHALLENGE,
    "innkeeper.auth.v1.AuthorizationRequest.code_challenge_method": lambda: "S256",
    "innkeeper.auth.v1.AuthorizationRequest.redirect_uri": lambda: REDIRECT_URI,
    "innkeeper.auth.v1.AuthorizationRequest.scopes": lambda: "bookings.read",
    "innkeeper.auth.v1.Client.public": bool,
    "innkeeper.auth.v1.Client.redirect_uris": lambda: REDIRECT_URI,
    "innkeeper.auth.v1.Client.scopes": lambda: "bookings.read",
    "innkeeper.auth.v1.RefreshGrant.client_id": str,
    "innkeeper.auth.v1.RefreshGrant.client_secret": str,
    "innkeeper.auth.v1.RevokeTokenRequest.client_id": str,
    "innkeeper.auth.v1.RevokeTokenRequest.client_secret": str,
    "innkeeper.bank.v1.AuthorizeRequest.card_token": lambda: "tok_success",
    "innkeeper.booking.v1.Guest.language_code": lambda: "pt-BR",
    "innkeeper.booking.v1.CreateBookingRequest.card_token": lambda: "tok_success",
    "innkeeper.booking.v1.QuoteStayRequest.check_in": _ahead(30),
    "innkeeper.booking.v1.QuoteStayRequest.check_out": _ahead(32),
    "innkeeper.events.v1.DeliverEventRequest.subscriber": lambda: "search",
    "innkeeper.events.v1.DeliverEventsRequest.subscriber": lambda: "search",
    "innkeeper.events.v1.Event.source": lambda: "hotels",
    "innkeeper.events.v1.ListDeadLettersRequest.service": lambda: "search",
    "innkeeper.events.v1.ListEventsRequest.service": lambda: "hotels",
    "innkeeper.events.v1.RedriveDeadLettersRequest.service": lambda: "search",
    "innkeeper.events.v1.ReplayEventsRequest.service": lambda: "hotels",
    "innkeeper.events.v1.ReplayEventsRequest.subscriber": lambda: "search",
    "innkeeper.events.v1.WatchEventsRequest.service": lambda: "hotels",
    "innkeeper.hotels.v1.Hotel.currency_code": lambda: "EUR",
    "innkeeper.hotels.v1.Hotel.time_zone": lambda: "Europe/Vienna",
    "innkeeper.hotels.v1.HotelContact.language_code": lambda: "de-AT",
    "innkeeper.hotels.v1.PriceStaysRequest.check_in": _ahead(30),
    "innkeeper.hotels.v1.PriceStaysRequest.check_out": _ahead(32),
    "innkeeper.hotels.v1.Season.start_date": lambda: from_date(date(2027, 6, 1)),
    "innkeeper.hotels.v1.Season.end_date": lambda: from_date(date(2027, 9, 1)),
    "innkeeper.links.v1.Link.expire_time": lambda: Timestamp(seconds=int(datetime.now(UTC).timestamp()) + 3600),
    "innkeeper.links.v1.Link.target": lambda: f"{Settings().public_url}/docs",
    "innkeeper.links.v1.ResolveLinkRequest.uncounted": bool,
    "innkeeper.notifications.v1.Bounce.reason": lambda: "550 5.1.1",
    "innkeeper.notifications.v1.ListNotificationsRequest.unread_only": bool,
    "innkeeper.payments.v1.AuthorizePaymentRequest.card_token": lambda: "tok_success",
    "innkeeper.payments.v1.AuthorizePaymentRequest.subject": lambda: f"bookings/{uuid4()}",
    "innkeeper.privacy.v1.ExportPersonalDataRequest.service": lambda: "users",
    "innkeeper.registry.v1.Fault.method": lambda: "GetHotel",
    "innkeeper.registry.v1.Fault.service": lambda: "hotels",
    "innkeeper.registry.v1.Instance.address": lambda: "127.0.0.1:7100",
    "innkeeper.registry.v1.Instance.contract_digest": lambda: digest_of(HOTELS),
    "innkeeper.registry.v1.Instance.service": lambda: "hotels",
    "innkeeper.registry.v1.Limits.service": lambda: "hotels",
    "innkeeper.registry.v1.ListInstancesRequest.service": lambda: "hotels",
    "innkeeper.registry.v1.RegisterInstanceRequest.descriptors": lambda: HOTELS,
    "innkeeper.registry.v1.Traffic.service": lambda: "hotels",
    "innkeeper.search.v1.SearchHotelsRequest.check_in": _ahead(30),
    "innkeeper.search.v1.SearchHotelsRequest.check_out": _ahead(32),
    "innkeeper.search.v1.SearchHotelsRequest.city": lambda: "Vienna",
    "innkeeper.search.v1.SearchHotelsRequest.place": lambda: VIENNA,
    "innkeeper.search.v1.SearchHotelsRequest.region_code": lambda: "AT",
    "innkeeper.users.v1.CreateUserRequest.user_id": str,
    "innkeeper.users.v1.User.birth_date": lambda: from_date(date(1990, 2, 28)),
    "innkeeper.users.v1.User.language_code": lambda: "zh-Hant-TW",
    "innkeeper.users.v1.User.membership": lambda: MEMBERSHIP_BASIC,
}
"""What no rule of a contract says: facts of the world, and what suits every caller."""

LEFT_EMPTY: Final = frozenset({"after_event", "after_sequence", "etag", "page_token"})
"""Fields that only an earlier answer fills."""


def _event() -> AnyMessage:
    payload = AnyMessage()
    payload.Pack(HotelChanged(listing=filled(HotelListing)))
    return payload


STANDARD: Final[dict[str, Callable[[], Message]]] = {
    "google.protobuf.Any": _event,
    "google.protobuf.Duration": lambda: Duration(nanos=20_000_000),
    "google.protobuf.Timestamp": lambda: Timestamp(seconds=int(datetime.now(UTC).timestamp())),
    "google.type.LatLng": lambda: LatLng(latitude=48.2, longitude=16.37),
    "google.type.Money": lambda: Money(currency_code="EUR", units=40, nanos=500_000_000),
}


def filled(message_class: type[M], alternative: str = "") -> M:
    """A new message with every field set that a caller may set, and of its oneof the alternative, or the first one.

    A list has an item; one for each alternative, where its items have a oneof.
    """
    message = message_class()
    for field in message.DESCRIPTOR.fields:
        if is_output_only(field) or field.name in LEFT_EMPTY:
            continue
        if field.containing_oneof is not None and not _is_chosen(field, alternative):
            continue
        _set(message, field)
    return message


def _is_chosen(field: FieldDescriptor, alternative: str) -> bool:
    names = [other.name for other in field.containing_oneof.fields]
    return field.name == (alternative if alternative in names else names[0])


def _set(message: Message, field: FieldDescriptor) -> None:
    if field.message_type is None:
        if field.is_repeated:
            getattr(message, field.name).append(value_of(field))
        else:
            setattr(message, field.name, value_of(field))
    elif field.is_repeated:
        getattr(message, field.name).extend(_items(field))
    else:
        getattr(message, field.name).CopyFrom(value_of(field))


def _items(field: FieldDescriptor) -> list[Message]:
    choices = [choice.name for oneof in field.message_type.oneofs for choice in oneof.fields] or [""]
    return [filled(GetMessageClass(field.message_type), choice) for choice in choices]


def value_of(field: FieldDescriptor) -> Any:
    """A value of the field that keeps its rules, a new one each time where values have to differ."""
    if field.full_name in STATED:
        return STATED[field.full_name]()
    if field.message_type is None:
        return _scalar(field)
    if field.message_type.full_name == "google.protobuf.FieldMask":
        return FieldMask(paths=getattr(rules_of(field).field_mask, "in"))
    if field.message_type.full_name in STANDARD:
        return STANDARD[field.message_type.full_name]()
    return filled(GetMessageClass(field.message_type))


def _scalar(field: FieldDescriptor) -> Any:
    rules = item_rules(field)
    if field.type == FieldDescriptor.TYPE_STRING:
        return text_for(rules.string)
    if field.enum_type is not None:
        return next(value.number for value in field.enum_type.values if value.number)
    if field.type == FieldDescriptor.TYPE_BOOL:
        return True
    if field.type in (FieldDescriptor.TYPE_INT32, FieldDescriptor.TYPE_INT64):
        return max(1, getattr(rules, str(rules.WhichOneof("type") or "int32")).gte)
    if field.type == FieldDescriptor.TYPE_DOUBLE:
        return max(1.5, rules.double.gte)
    raise NotImplementedError(f"{field.full_name}: say what a value of it looks like")


def text_for(rules: StringRules) -> str:
    """A text that keeps the rules of a string, a new one where they leave room for an id."""
    if rules.uuid:
        return str(uuid4())
    if rules.email:
        return f"{uuid4()}@example.org"
    longest = rules.max_len or 10_000
    for text in (_named(rules.pattern), str(uuid4()), *TEXTS):
        if text and fits(rules.pattern, text) and rules.min_len <= len(text) <= longest:
            return text
    raise NotImplementedError(f"no text keeps {rules}")


def _named(pattern: str) -> str:
    """The pattern of a resource name with a new id for each of its variable parts, and the first of its choices."""
    text = re.sub(r"\((\w+)\|[^)]*\)", r"\1", pattern.strip("^$")).replace(COLLECTION, "bookings/")
    while ID in text:
        text = text.replace(ID, str(uuid4()), 1)
    text = text.replace(CODE, uuid4().hex[:8])
    return text if "[" not in text else ""


def fits(pattern: str, text: str) -> bool:
    """Whether a text keeps a contract's pattern, which stands for the whole of it."""
    return not pattern or _compiled(pattern).search(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Of Python, `$` also means the place before a last line break; of RE2, which contracts are written in, it does not.
    return re.compile(pattern.replace("$", r"\Z"))
