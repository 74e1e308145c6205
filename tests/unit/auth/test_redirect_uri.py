"""Which redirect URIs are a client's."""

from __future__ import annotations

import pytest

from services.auth.redirect_uri import RedirectUriMismatch, check_redirect_uri

REGISTERED = ("https://partner.example/cb", "http://127.0.0.1/cb", "http://[::1]:9/cb?a=b", "com.example.app:/cb")


@pytest.mark.parametrize(
    "uri",
    [
        *REGISTERED,
        "http://127.0.0.1:51004/cb",
        "http://127.0.0.1:1/cb",
        "http://[::1]/cb?a=b",
        "http://[::1]:65535/cb?a=b",
    ],
)
def test_good(uri: str) -> None:
    check_redirect_uri(REGISTERED, uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "https://partner.example/cb/",
        "https://partner.example/cb?a=b",
        "https://partner.example/CB",
        "https://partner.example:443/cb",
        "https://partner.example:51004/cb",
        "https://partner.example/cb#",
        "https://partner.example/c%62",
        "http://partner.example/cb",
        "http://127.0.0.1",
        "http://127.0.0.1:51004/",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:x/cb",
        "http://127.0.0.1:510040/cb",
        "http://127.0.0.1:51004@evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.0.0.1:51004/cb?a=b",
        "http://127.0.0.2/cb",
        "http://localhost/cb",
        "http://[::1]/cb",
        "http://[::2]/cb?a=b",
        "https://127.0.0.1/cb",
        "com.example.app://cb",
        "com.example.other:/cb",
    ],
)
def test_not_good(uri: str) -> None:
    with pytest.raises(RedirectUriMismatch):
        check_redirect_uri(REGISTERED, uri)


def test_a_client_without_any_has_none() -> None:
    with pytest.raises(RedirectUriMismatch):
        check_redirect_uri((), "https://partner.example/cb")
