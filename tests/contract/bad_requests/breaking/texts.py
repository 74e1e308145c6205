"""Strings that a contract does not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from uuid import uuid4

from google.protobuf.descriptor import FieldDescriptor

from chassis.paging import Page
from chassis.policy import is_secret
from innkeeper.hotels.v1.hotels_pb2 import ListHotelsRequest
from innkeeper.users.v1.users_pb2 import ListUsersRequest
from tests.contract.bad_requests.breaking.presence import is_needed
from tests.contract.bad_requests.spots import Change, Spot
from tests.contract.calls.declarations import item_rules
from tests.contract.calls.filling import fits, value_of

CONTROL: Final = ("\x00", "\t", "\n", "\r", "\x1b", "\x1f", "\x7f")
FAR_TOO_LONG: Final = 100_000
"""Characters that no field takes, whether its contract states a limit or not."""

UUIDS: Final = ("", "1", "not-a-uuid", "00000000000000000000000000000000", "g" * 36)
ADDRESSES: Final = (
    "",
    "ada",
    "ada@",
    "@example.org",
    "ada@example@org",
    "ada lovelace@example.org",
    "ada@-.org",
    "a@b\n",
)

UNREACHABLE: Final = (
    "", "127.0.0.1", "127.0.0.1:", ":7100", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:http", "127.0.0.256:7100",
    "localhost:7100", "::1:7100", "[::1]", "[::1]:0", "[fe80::1%eth0]:7100", "[::1:7100", "http://127.0.0.1:7100",
    "127.0.0.1:7100/",
)  # fmt: skip


def _is_text(spot: Spot) -> bool:
    return spot.field.type == FieldDescriptor.TYPE_STRING


def _example(spot: Spot) -> str:
    return str(value_of(spot.field)) or "example"


def blank(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """A name or title that shows nothing, where something has to be shown."""
    if _is_text(spot) and is_needed(request, spot) and not is_secret(spot.field):
        for text in (" ", " \u00a0 "):
            yield repr(text), spot.becomes(text)


def control_character(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """A character that is no text, at the start, within, and at the end."""
    if _is_text(spot):
        text = _example(spot)
        for sign in CONTROL:
            for place in (0, len(text) // 2, len(text)):
                yield f"{sign!r} at {place}", spot.becomes(text[:place] + sign + text[place:])


def too_long(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """One character more than the contract takes, and far more than anybody would."""
    if _is_text(spot):
        limit = item_rules(spot.field).string.max_len
        if limit:
            yield f"{limit + 1} characters", spot.becomes("a" * (limit + 1))
        yield "far too long", spot.becomes(_example(spot) + "a" * FAR_TOO_LONG)


def too_short(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """One character less than the contract takes."""
    least = item_rules(spot.field).string.min_len if _is_text(spot) else 0
    if least:
        yield f"{least - 1} characters", spot.becomes("a" * (least - 1))


def malformed(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """Texts that are nearly what the pattern asks for."""
    if not _is_text(spot) or not item_rules(spot.field).string.pattern:
        return
    text = _example(spot)
    nearly = (
        f"{text}/", f"/{text}", f" {text}", f"{text} ", f"{text}\n", f"{text}/{text}", f"../{text}", f"{text}%",
        f"{text}?x=1", f"é{text}", text.upper(), text.replace("/", "//"), "-", "*", "users/-", "é", "\u202e", "𝟙",
        "x", "1",
    )  # fmt: skip
    for wrong in dict.fromkeys(nearly):
        if not fits(item_rules(spot.field).string.pattern, wrong):
            yield repr(wrong), spot.becomes(wrong)


def bad_uuid(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """What is no UUID in its usual form (RFC 9562 section 4)."""
    if _is_text(spot) and item_rules(spot.field).string.uuid:
        good = uuid4()
        for wrong in (*UUIDS, good.hex, good.urn, f"{{{good}}}", f" {good}", f"{good}0"):
            yield repr(wrong), spot.becomes(wrong)


def bad_address(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """What is no e-mail address."""
    if _is_text(spot) and item_rules(spot.field).string.email:
        for wrong in ADDRESSES:
            if not wrong and not is_needed(request, spot):
                continue
            yield repr(wrong), spot.becomes(wrong)


def unreachable(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """What is not an IP address and a port at which others could call."""
    if _is_text(spot) and item_rules(spot.field).string.host_and_port:
        for wrong in UNREACHABLE:
            yield repr(wrong), spot.becomes(wrong)


def bad_page_token(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """A token that was made up, or made for another method."""
    if spot.field.name == "page_token":
        other = ListUsersRequest() if isinstance(request, ListHotelsRequest) else ListHotelsRequest()
        for wrong in ("a", "abcd", "=", "====", "WzEsMl0=", "e30=", "bnVsbA==", Page.of(other).next_token("hotels/a")):
            yield repr(wrong), spot.becomes(wrong)
