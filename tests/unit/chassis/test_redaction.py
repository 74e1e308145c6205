"""What the contracts mark as personal or secret does not come out of a redacted message, wherever in it it stands."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor import Descriptor

from chassis.observability.redaction import REDACTED, redact_event, redacted
from innkeeper.events.v1.events_pb2 import DeliverEventRequest, Event
from innkeeper.users.v1.users_pb2 import User
from tests.toy import contract
from tests.toy.contract import message
from tests.unit.chassis import every_contract
from tests.unit.chassis.filled import Filler

ADA = User(name="users/ada", given_name="Ada", email="ada@example.org")


@pytest.mark.parametrize("descriptor", every_contract.messages(), ids=lambda descriptor: descriptor.full_name)
def test_no_marked_value_of_any_contract_is_shown(descriptor: Descriptor) -> None:
    filler = Filler(payloads=(User.DESCRIPTOR,))
    shown = orjson.dumps(redacted(filler.filled(descriptor))).decode()
    assert not [value for value in filler.marked if value in shown]
    assert not [value for value in filler.plain if value not in shown], "what is not marked is shown"


def test_there_are_marked_values() -> None:
    fillers = [Filler() for _ in range(2)]
    for descriptor in every_contract.messages():
        fillers[0].filled(descriptor)
    assert len(fillers[0].marked) > 50


def test_marked_fields_below_beside_and_in_maps() -> None:
    filler = Filler()
    everything = filler.filled(contract.message_class("Everything").DESCRIPTOR)
    shown = orjson.dumps(redacted(everything)).decode()
    assert not [value for value in filler.marked if value in shown]
    assert shown.count(REDACTED) > 20


def test_a_marked_field_that_is_not_set_is_not_shown() -> None:
    assert redacted(message("Everything", plain="here")) == {"plain": "here"}


def test_what_is_inside_of_any_message_is_redacted_too() -> None:
    request = DeliverEventRequest(event=Event(id="1", source="users"), request_id="1")
    request.event.payload.Pack(ADA)
    shown = orjson.dumps(redacted(request)).decode()
    assert "ada@example.org" not in shown
    assert "users/ada" in shown


def test_any_message_of_a_type_that_is_not_known_here() -> None:
    unknown = AnyMessage(type_url="type.googleapis.com/elsewhere.v1.Person", value=b"ada@example.org")
    assert "ada@example.org" not in str(redacted(Event(payload=unknown)))
    assert "elsewhere.v1.Person" in str(redacted(Event(payload=unknown)))


def test_text_that_is_no_json() -> None:
    assert orjson.dumps(redacted(message("Everything", body=b"\xff\x00"))) == b'{"body":"ff00"}'


EVENTS: list[Any] = [
    pytest.param({"request": ADA}, id="as a value"),
    pytest.param({"requests": [ADA, ADA]}, id="in a list"),
    pytest.param({"requests": (ADA,)}, id="in a tuple"),
    pytest.param({"context": {"request": ADA}}, id="in a dictionary"),
    pytest.param({"context": [{"request": (ADA,)}]}, id="deep down"),
]


@pytest.mark.parametrize("event", EVENTS)
def test_messages_in_log_events(event: dict[str, Any]) -> None:
    shown = orjson.dumps(redact_event(None, "info", {"event": "seen", **event}), default=str).decode()
    assert "users/ada" in shown
    assert "Ada" not in shown
    assert "ada@example.org" not in shown
