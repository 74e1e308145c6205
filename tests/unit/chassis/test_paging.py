"""Page tokens go on where the page before ended, and only for the request that they were made for."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from chassis.paging import DEFAULT_SIZE, LARGEST_SIZE, Page
from chassis.refusal import InvalidPageToken
from chassis.validation import check
from innkeeper.booking.v1.booking_pb2 import ListBookingsRequest
from innkeeper.hotels.v1.hotels_pb2 import ListHotelsRequest, ListRatePlansRequest, ListRoomTypesRequest

HOTEL = "hotels/sacher"


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def token(request: Message, key: str = "hotels/a") -> str:
    return Page.of(request).next_token(key)


OTHERS = [
    pytest.param(ListRoomTypesRequest(parent="hotels/other"), id="of another parent"),
    pytest.param(ListRatePlansRequest(parent=HOTEL), id="of another method"),
    pytest.param(ListHotelsRequest(), id="of a method that asks for less"),
]

FORGED = [
    pytest.param("", False, id="none"),
    pytest.param("x", True, id="a letter"),
    pytest.param("!!!", True, id="not of the alphabet"),
    pytest.param("héllo", True, id="not ASCII"),
    pytest.param(base64.urlsafe_b64encode(b"\xff\xfe").decode(), True, id="no text"),
    pytest.param(base64.urlsafe_b64encode(b"[" * 20_000).decode(), True, id="nested without end"),
    pytest.param(encoded(5), True, id="a number"),
    pytest.param(encoded(None), True, id="nothing"),
    pytest.param(encoded("ab"), True, id="a text of two letters"),
    pytest.param(encoded({"a": 1, "b": 2}), True, id="a dictionary"),
    pytest.param(encoded(["made-up", "hotels/a"]), True, id="of nobody"),
    pytest.param(encoded([["made-up"], "hotels/a"]), True, id="a list within"),
]


@pytest.mark.parametrize(
    ("size", "limit"),
    [(0, DEFAULT_SIZE), (1, 1), (LARGEST_SIZE, LARGEST_SIZE), (LARGEST_SIZE + 1, LARGEST_SIZE), (2**31 - 1, 1000)],
)
def test_how_many_a_page_has(size: int, limit: int) -> None:
    page = Page.of(ListHotelsRequest(page_size=size))
    assert (page.limit, page.after) == (limit, None)


def test_less_than_none_is_refused_by_the_contract() -> None:
    with pytest.raises(Exception, match="page_size"):
        check(ListHotelsRequest(page_size=-1))


@given(key=st.text().filter(str.isprintable), size=st.integers(0, 2000))
def test_a_token_goes_on_after_its_key_whatever_the_size_of_the_page(key: str, size: int) -> None:
    first = ListRoomTypesRequest(parent=HOTEL, page_size=10)
    following = ListRoomTypesRequest(parent=HOTEL, page_size=size, page_token=token(first, key))
    assert Page.of(following).after == key


def test_a_token_keeps_to_what_the_contract_says_of_tokens() -> None:
    check(ListBookingsRequest(page_token=token(ListBookingsRequest(), "bookings/" + "x" * 200)))


@pytest.mark.parametrize("other", OTHERS)
def test_a_token_of_another_request(other: Any) -> None:
    other.page_token = token(ListRoomTypesRequest(parent=HOTEL))
    with pytest.raises(InvalidPageToken):
        Page.of(other)


@pytest.mark.parametrize(("forged", "refused"), FORGED)
def test_a_token_that_nobody_made(forged: str, refused: bool) -> None:
    request = ListHotelsRequest(page_token=forged)
    if not refused:
        assert Page.of(request).after is None
        return
    with pytest.raises(InvalidPageToken):
        Page.of(request)


def test_a_key_that_is_no_text() -> None:
    digest = json.loads(base64.urlsafe_b64decode(token(ListHotelsRequest())))[0]
    with pytest.raises(InvalidPageToken):
        Page.of(ListHotelsRequest(page_token=encoded([digest, 5])))


@given(st.text(max_size=200))
def test_no_token_breaks_anything(forged: str) -> None:
    try:
        Page.of(ListHotelsRequest(page_token=forged))
    except InvalidPageToken:
        return
    assert forged == ""


@pytest.mark.parametrize(
    ("found", "shown", "last"),
    [
        pytest.param([], [], None, id="nothing"),
        pytest.param(["a"], ["a"], None, id="fewer than fit"),
        pytest.param(["a", "b"], ["a", "b"], None, id="as many as fit"),
        pytest.param(["a", "b", "c"], ["a", "b"], "B", id="one more than fits"),
        pytest.param(["a", "b", "c", "d"], ["a", "b"], "B", id="many more than fit"),
    ],
)
def test_a_page_shows_what_fits_and_says_where_the_next_begins(
    found: list[str], shown: list[str], last: str | None
) -> None:
    page = Page.of(ListHotelsRequest(page_size=2))
    assert page.lookahead == 3
    assert page.cut(found, str.upper) == (shown, "" if last is None else page.next_token(last))
