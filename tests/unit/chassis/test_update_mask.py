"""A partial update changes the fields of its mask, and no other (AIP-134)."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.type.date_pb2 import Date
from hypothesis import given
from hypothesis import strategies as st

from chassis.refusal import InvalidField
from chassis.update_mask import merged
from innkeeper.users.v1.users_pb2 import User
from tests.toy import contract
from tests.toy.contract import message
from tests.unit.chassis.filled import Filler

ADA = User(
    name="users/ada",
    given_name="Ada",
    family_name="Byron",
    birth_date=Date(year=1815, month=12, day=10),
    email="ada@example.org",
    etag="1",
)

CHANGES: list[Any] = [
    pytest.param(User(given_name="Augusta"), ["given_name"], {"given_name": "Augusta"}, id="a field"),
    pytest.param(
        User(given_name="Augusta", family_name="King"), ["family_name"], {"family_name": "King"}, id="of two set, one"
    ),
    pytest.param(User(), ["given_name"], {"given_name": ""}, id="a field that is not set is cleared"),
    pytest.param(User(), ["birth_date"], {"birth_date": Date()}, id="a message that is not set is cleared"),
    pytest.param(
        User(birth_date=Date(year=1816)),
        ["birth_date"],
        {"birth_date": Date(year=1816)},
        id="a message is replaced, not added to",
    ),
    pytest.param(User(given_name="Augusta"), [], {"given_name": "Augusta"}, id="without a mask, what is set"),
    pytest.param(
        User(name="users/eve", etag="7", email="a@example.org"),
        [],
        {"email": "a@example.org"},
        id="without a mask, not what names it",
    ),
    pytest.param(User(), [], {}, id="nothing at all"),
]


@pytest.mark.parametrize(("changes", "paths", "expected"), CHANGES)
def test_a_change_of_a_user(changes: User, paths: list[str], expected: dict[str, Any]) -> None:
    result = merged(ADA, changes, FieldMask(paths=paths))
    for field in User.DESCRIPTOR.fields:
        assert getattr(result, field.name) == expected.get(field.name, getattr(ADA, field.name)), field.name
    assert result is not ADA


def test_a_path_into_a_field_is_refused() -> None:
    with pytest.raises(InvalidField) as raised:
        merged(ADA, User(birth_date=Date(year=1816)), FieldMask(paths=["birth_date.year"]))
    assert [path for path, _ in raised.value.violations] == ["update_mask"]


KINDS: list[Any] = [
    pytest.param("plain", {"plain": "new"}, id="text"),
    pytest.param("numbers", {"numbers": ["1", "2"]}, id="a list replaces the list"),
    pytest.param("numbers", {}, id="a list that is empty"),
    pytest.param("labels", {"labels": {"a": "b"}}, id="a map replaces the map"),
    pytest.param("told", {"told": {"text": "new"}}, id="a message"),
    pytest.param("told", {"told": {}}, id="a message that is set and empty"),
    pytest.param("told", {}, id="a message that is not set"),
    pytest.param("nickname", {"nickname": "new"}, id="an optional field"),
    pytest.param("nickname", {"nickname": ""}, id="an optional field that is set to nothing"),
    pytest.param("nickname", {}, id="an optional field that is not set"),
    pytest.param("age", {"age": 0}, id="an optional number that is set to nought"),
    pytest.param("age", {}, id="an optional number that is not set"),
    pytest.param("word", {"word": "new"}, id="one of a choice"),
    pytest.param("word", {}, id="one of a choice that is not set"),
    pytest.param("body", {"body": b"\x00"}, id="bytes"),
]


@pytest.mark.parametrize(("path", "fields"), KINDS)
def test_a_field_of_each_kind(path: str, fields: dict[str, Any]) -> None:
    current = Filler().filled(contract.message_class("Everything").DESCRIPTOR)
    current.ClearField("sentence")
    changes = message("Everything", **fields)
    expected = type(current)()
    expected.CopyFrom(current)
    expected.ClearField(path)
    expected.MergeFrom(changes)
    assert merged(current, changes, FieldMask(paths=[path])) == expected


NAMES = st.sampled_from(["given_name", "family_name", "email", "birth_date"])


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "given_name": st.text(),
            "family_name": st.text(),
            "email": st.text(),
            "birth_date": st.dates().map(lambda day: Date(year=day.year, month=day.month, day=day.day)),
        },
    ),
    st.sets(NAMES, min_size=1),
)
def test_fields_outside_of_the_mask_stay(changed: dict[str, Any], paths: set[str]) -> None:
    changes, mask = User(**changed), FieldMask(paths=sorted(paths))
    result = merged(ADA, changes, mask)
    for field in User.DESCRIPTOR.fields:
        source = changes if field.name in paths else ADA
        assert getattr(result, field.name) == getattr(source, field.name)
    assert merged(result, changes, mask) == result, "the same change again changes nothing"
