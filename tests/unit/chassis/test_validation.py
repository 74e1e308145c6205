"""The rules of the contract and of the standard types that it uses hold, and each that is broken is told."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor import Descriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date
from google.type.latlng_pb2 import LatLng
from google.type.money_pb2 import Money

from chassis.refusal import InvalidFields
from chassis.validation import check, checker
from innkeeper.events.v1.events_pb2 import Event
from innkeeper.hotels.v1.hotels_pb2 import Hotel, RatePlan
from innkeeper.registry.v1.registry_pb2 import Load
from innkeeper.users.v1.users_pb2 import User
from tests.toy.contract import message
from tests.unit.chassis import every_contract


def broken(value: Any) -> dict[str, str]:
    """What is wrong with a message, by field."""
    with pytest.raises(InvalidFields) as raised:
        check(value)
    return dict(raised.value.violations)


@pytest.mark.parametrize("descriptor", every_contract.messages(), ids=lambda descriptor: descriptor.full_name)
def test_the_rules_of_every_message_can_be_checked(descriptor: Descriptor) -> None:
    empty = GetMessageClass(descriptor)()
    with suppress(InvalidFields):
        checker(type(empty))(empty)


def test_a_rule_of_the_contract() -> None:
    assert broken(message("TellRequest", text="x" * 101)) == {"text": "must be at most 100 characters"}


@pytest.mark.parametrize(
    ("value", "field"),
    [
        pytest.param(RatePlan(base_price=Money(currency_code="EUR", nanos=1)), "base_price", id="money"),
        pytest.param(
            RatePlan(seasons=[{"price": Money(currency_code="ZZZ", units=1)}]),  # type: ignore[list-item]
            "seasons[0].price",
            id="money in a list",
        ),
        pytest.param(User(birth_date=Date(year=2001, month=2, day=30)), "birth_date", id="a date"),
        pytest.param(Event(occur_time=Timestamp(seconds=253_402_300_800)), "occur_time", id="after year 9999"),
        pytest.param(Event(occur_time=Timestamp(nanos=-1)), "occur_time", id="less than no nanos"),
        pytest.param(Load(loop_lag=Duration(seconds=1, nanos=-1)), "loop_lag", id="forth and back"),
        pytest.param(Load(loop_lag=Duration(nanos=1_000_000_000)), "loop_lag", id="a second of nanos"),
        pytest.param(Event(payload=AnyMessage()), "payload.type_url", id="no type"),
        pytest.param(Event(payload=AnyMessage(type_url="a/b\x00")), "payload.type_url", id="no name of a type"),
        pytest.param(Hotel(location=LatLng(latitude=90.5)), "location.latitude", id="a latitude"),
        pytest.param(Hotel(location=LatLng(longitude=-181)), "location.longitude", id="a longitude"),
        pytest.param(Hotel(location=LatLng(latitude=float("nan"))), "location.latitude", id="no number"),
    ],
)
def test_a_rule_of_a_standard_type(value: Any, field: str) -> None:
    assert field in broken(value)


def test_a_part_of_a_request_is_named_by_the_request_s_own_paths() -> None:
    with pytest.raises(InvalidFields) as raised:
        check(User(birth_date=Date(month=13)), at="user")
    assert [path for path, _ in raised.value.violations] == ["user.birth_date"]


def test_a_standard_type_of_a_field_that_is_not_set_is_not_looked_at() -> None:
    check(message("Everything"))


def test_messages_that_hold_their_own_kind_and_no_standard_type() -> None:
    check(message("Shelf", above=[message("Shelf")]))


def test_a_standard_type_in_a_message_that_holds_its_own_kind() -> None:
    bad = Money(currency_code="EUR", nanos=1)
    nested = message("Everything", beside=[message("Everything", price=bad)])
    assert list(broken(nested)) == ["beside[0].price"]
    mapped = message("Everything", below={"left": message("Everything", price=bad)})
    assert list(broken(mapped)) == ["below[left].price"]
