"""What a client may ask for, and for what a code is good."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.refusal import AlreadyExists, Refusal
from services.auth.authorization import (
    CODE_LIFE,
    Authorization,
    AuthorizationCode,
    AuthorizationCodeInvalid,
    AuthorizationCodeReused,
)
from services.auth.client import SIGN_IN_CLIENT, Client, TokenOfAnotherClient, check_owner
from services.auth.code_challenge import CodeChallengeInvalid
from services.auth.redirect_uri import RedirectUriMismatch
from services.auth.scopes import ScopeNotGranted
from tests.contract.calls.filling import CHALLENGE, REDIRECT_URI, VERIFIER

NOW = datetime(2027, 5, 1, 12, tzinfo=UTC)
CLIENT = Client.register(
    "planner",
    display_name="A planner",
    scopes=frozenset({"bookings.read", "users.read", "hotels.read"}),
    secret="",
    now=NOW,
    redirect_uris=(REDIRECT_URI,),
)
GOOD: dict[str, Any] = {
    "redirect_uri": REDIRECT_URI,
    "scopes": ["bookings.read"],
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
CODE = AuthorizationCode.grant(Authorization.ask(CLIENT, **GOOD), user="users/ada", digest=b"digest", now=NOW)


def test_a_client_gets_no_more_than_a_traveller_has_and_it_is_registered_for() -> None:
    assert Authorization.ask(CLIENT, **{**GOOD, "scopes": []}).scopes == {"bookings.read", "users.read"}


@pytest.mark.parametrize(
    ("other", "refusal"),
    [
        pytest.param({"redirect_uri": "https://evil.example"}, RedirectUriMismatch, id="another redirect URI"),
        pytest.param({"code_challenge": ""}, CodeChallengeInvalid, id="no challenge"),
        pytest.param({"code_challenge_method": "plain"}, CodeChallengeInvalid, id="a plain challenge"),
        pytest.param({"scopes": ["hotels.read"]}, ScopeNotGranted, id="no right of a traveller"),
        pytest.param({"scopes": ["users.write"]}, ScopeNotGranted, id="not registered"),
        pytest.param({"redirect_uri": "", "code_challenge": "", "scopes": ["admin"]}, RedirectUriMismatch, id="all"),
    ],
)
def test_what_a_client_may_not_ask_for(other: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        Authorization.ask(CLIENT, **{**GOOD, **other})


def test_a_client_that_has_nothing_of_a_traveller_asks_in_vain() -> None:
    with pytest.raises(ScopeNotGranted):
        Authorization.ask(replace(CLIENT, scopes=frozenset({"hotels.read"})), **{**GOOD, "scopes": []})


def check(code: AuthorizationCode = CODE, client: Client = CLIENT, **other: Any) -> None:
    code.check(client, **{"redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER, "now": NOW, **other})


def test_a_code_is_good_until_the_last_moment() -> None:
    check(now=NOW + CODE_LIFE - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("code", "other", "refusal"),
    [
        pytest.param(CODE, {"now": NOW + CODE_LIFE}, AuthorizationCodeInvalid, id="too late"),
        pytest.param(CODE, {"redirect_uri": f"{REDIRECT_URI}/"}, AuthorizationCodeInvalid, id="elsewhere"),
        pytest.param(CODE, {"code_verifier": CHALLENGE}, AuthorizationCodeInvalid, id="another verifier"),
        pytest.param(CODE, {"client": replace(CLIENT, name="clients/rival")}, AuthorizationCodeInvalid, id="a rival"),
        pytest.param(replace(CODE, family="f"), {}, AuthorizationCodeReused, id="used"),
        pytest.param(replace(CODE, family="f"), {"code_verifier": ""}, AuthorizationCodeReused, id="used, by a thief"),
        pytest.param(replace(CODE, family="f"), {"now": NOW + CODE_LIFE}, AuthorizationCodeReused, id="used, late"),
        pytest.param(
            replace(CODE, family="f"),
            {"client": replace(CLIENT, name="clients/rival")},
            AuthorizationCodeInvalid,
            id="used, by a rival",
        ),
    ],
)
def test_for_what_a_code_is_not_good(code: AuthorizationCode, other: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        check(code, **other)


def test_no_client_has_the_name_of_the_sign_in() -> None:
    with pytest.raises(AlreadyExists):
        Client.register(SIGN_IN_CLIENT, display_name="X", scopes=frozenset({"users.read"}), secret="s", now=NOW)


@pytest.mark.parametrize(
    ("owner", "client", "own"),
    [
        ("planner", CLIENT, True),
        ("rival", CLIENT, False),
        (SIGN_IN_CLIENT, CLIENT, False),
        ("planner", None, False),
        (SIGN_IN_CLIENT, None, True),
    ],
)
def test_whose_a_token_is(owner: str, client: Client | None, own: bool) -> None:
    if own:
        check_owner(owner, client)
        return
    with pytest.raises(TokenOfAnotherClient):
        check_owner(owner, client)
