"""A form is good for who was shown it, for what it was shown for, and for half an hour."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.responses import Response

from services.web.oauth.form_token import LIFE, FormTokens

NOW = 1_800_000_000.0
SECRET = bytes(32)
VISITOR = "v" * 43


def forms(secret: bytes = SECRET, now: float = NOW, url: str = "https://innkeeper.example") -> FormTokens:
    return FormTokens(secret, url, lambda: now)


TOKEN = forms().issue(VISITOR, "client_id=a")


@pytest.mark.parametrize(
    ("good", "by", "token", "visitor", "asked"),
    [
        pytest.param(True, forms(), TOKEN, VISITOR, "client_id=a", id="as it was shown"),
        pytest.param(True, forms(now=NOW + LIFE - 1), TOKEN, VISITOR, "client_id=a", id="at the last moment"),
        pytest.param(False, forms(now=NOW + LIFE), TOKEN, VISITOR, "client_id=a", id="too late"),
        pytest.param(False, forms(bytes([1] * 32)), TOKEN, VISITOR, "client_id=a", id="of another platform"),
        pytest.param(False, forms(), TOKEN, "w" * 43, "client_id=a", id="shown to somebody else"),
        pytest.param(False, forms(), TOKEN, VISITOR, "client_id=b", id="for something else"),
        pytest.param(False, forms(), f"9{TOKEN}", VISITOR, "client_id=a", id="a longer life"),
        pytest.param(False, forms(), TOKEN[:-1], VISITOR, "client_id=a", id="cut off"),
        pytest.param(False, forms(), "", VISITOR, "client_id=a", id="nothing"),
        pytest.param(False, forms(), ".", VISITOR, "client_id=a", id="a dot"),
        pytest.param(False, forms(), "é.é", VISITOR, "client_id=a", id="letters"),
    ],
)
def test_which_forms_are_good(good: bool, by: FormTokens, token: str, visitor: str, asked: str) -> None:
    assert by.is_good(token, visitor, asked) is good


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://innkeeper.example", "__Secure-innkeeper-authorize"),
        ("http://127.0.0.1:8080", "innkeeper-authorize"),
    ],
)
def test_the_cookie(url: str, name: str) -> None:
    response = Response()
    forms(url=url).remember(response, VISITOR)
    said = set(response.headers["set-cookie"].split("; "))
    assert {f"{name}={VISITOR}", "HttpOnly", "SameSite=lax"} <= said
    assert ("Secure" in said) == url.startswith("https")


@pytest.mark.parametrize(
    ("cookie", "known"),
    [(f"innkeeper-authorize={VISITOR}", True), ("innkeeper-authorize=v", False), ("other=v", False), ("", False)],
)
def test_who_comes_again_is_known(cookie: str, known: bool) -> None:
    request = Request({"type": "http", "headers": [(b"cookie", cookie.encode())]})
    assert (forms(url="http://127.0.0.1:8080").visitor(request) == VISITOR) is known
