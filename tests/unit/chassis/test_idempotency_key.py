"""Which request id a key stands for."""

from __future__ import annotations

from uuid import UUID

import pytest

from chassis.refusal import InvalidField
from chassis.server.idempotency_key import request_id_of

ID = "8E03978E-40D5-43E8-BC93-6894A57F9324"


@pytest.mark.parametrize("header", [ID, f'"{ID}"'], ids=["bare", "quoted"])
@pytest.mark.parametrize("of_nobody", [False, True], ids=["somebody", "nobody"])
def test_a_uuid_is_the_id(header: str, of_nobody: bool) -> None:
    assert request_id_of(header, of_nobody=of_nobody) == ID


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        pytest.param("order-1", "order-1", True, id="again"),
        pytest.param("order-1", '"order-1"', True, id="in quotes"),
        pytest.param(r'"a\"b\\c"', r'a"b\c', True, id="escaped"),
        pytest.param("order-1", "order-2", False, id="another"),
        pytest.param("order-1", "ORDER-1", False, id="in capitals"),
    ],
)
def test_a_text_stands_for_one_uuid(first: str, second: str, same: bool) -> None:
    one, other = (UUID(request_id_of(key)) for key in (first, second))
    assert (one == other, one.version) == (same, 5)


@pytest.mark.parametrize("length", [1, 255])
def test_long_and_short_keys(length: int) -> None:
    assert request_id_of("a" * length) == request_id_of('"' + "a" * length + '"')


@pytest.mark.parametrize(
    "header",
    [
        *["", "a b", "a" * 256, "clé", "a\x00", "a\n", "a\x7f"],
        *['""', '"a b"', '"' + "a" * 256 + '"', '"open', r'"a\b"', '"a";p=1', '"a", "b"'],
    ],
)
def test_what_is_no_key(header: str) -> None:
    with pytest.raises(InvalidField, match="1 to 255 visible characters"):
        request_id_of(header)


def test_whoever_has_no_token_must_send_a_uuid() -> None:
    with pytest.raises(InvalidField, match="must be a UUID"):
        request_id_of("order-1", of_nobody=True)
