"""The page on which a user allows a client what it asks for, and all who would misuse it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from httpx import AsyncClient

from services.web.oauth import paths
from tests.contract.calls.filling import VERIFIER
from tests.service.auth.conftest import PASSWORD
from tests.service.web.oauth.browser import Browser, Page
from tests.service.web.oauth.world import REDIRECT_URI, World, answered, asked, client_id, exchange, shown

EVIL = "https://evil.example/callback"


async def test_the_page_says_who_asks_for_what(world: World) -> None:
    client = await world.register()
    async with Browser(world.url) as browser:
        page = await browser.open(world.asking(client))
    assert page.status == 200
    assert "Trip Planner asks for your permission to: See your bookings See your name" in shown(page)
    assert "cancel" not in shown(page)
    assert page.action == paths.AUTHORIZE


async def test_the_page_is_for_everybody_and_in_no_frame(world: World) -> None:
    client = await world.register()
    async with Browser(world.url) as browser:
        page = await browser.open(world.asking(client))
    headers = page.response.headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert f"form-action 'self' {REDIRECT_URI.removesuffix('/callback')};" in policy
    assert "unsafe" not in policy
    assert (headers["x-frame-options"], headers["referrer-policy"]) == ("DENY", "no-referrer")
    assert headers["cache-control"] == "no-store"
    assert "script" not in page.elements
    assert not any(name.startswith("on") for name in page.attributes), "no inline script either"
    assert {"email", "password"} <= page.labelled
    assert page.fields["email"]["autocomplete"] == "username"
    assert page.fields["password"]["autocomplete"] == "current-password"
    [cookie] = headers.get_list("set-cookie")
    assert {"HttpOnly", "SameSite=lax", f"Path={paths.AUTHORIZE}"} <= set(cookie.split("; "))


async def test_a_user_allows(world: World) -> None:
    client = await world.register()
    async with Browser(world.url) as browser:
        response = await browser.sign_in(await browser.open(world.asking(client)), world.email, PASSWORD)
    answer = answered(response)
    assert set(answer) == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == ("the client's own", world.issuer)
    assert response.headers["cache-control"] == "no-store"


async def test_a_user_refuses(world: World) -> None:
    client = await world.register()
    async with Browser(world.url) as browser:
        page = await browser.open(world.asking(client))
        answer = answered(await browser.send(page, decision="refuse"))
    assert (answer["error"], answer["state"], answer["iss"]) == ("access_denied", "the client's own", world.issuer)


async def test_without_scopes_a_client_gets_what_it_may_have_of_a_traveller(world: World) -> None:
    tokens = await world.tokens(await world.register("users.read", "hotels.write"), scope=None)
    assert tokens["scope"] == "users.read"


async def test_a_wrong_password_can_be_put_right(world: World) -> None:
    client = await world.register()
    async with Browser(world.url) as browser:
        page = await browser.open(world.asking(client))
        for email, password in ((world.email, "wrong"), ("nobody@example.org", PASSWORD), ("nonsense", ""), ("", "")):
            page = Page(await browser.sign_in(page, email, password))
            assert page.status == 403
            assert "No account has this e-mail address and password." in shown(page)
            assert page.fields["email"]["value"] == email
            assert "value" not in page.fields["password"]
        assert "code" in answered(await browser.sign_in(page, world.email, PASSWORD))


async def test_nobody_guesses_without_end(world: World) -> None:
    client = await world.register()
    async with Browser(world.url) as browser:
        page = await browser.open(world.asking(client))
        for _ in range(10):
            assert (await browser.sign_in(page, world.email, "a guess")).status_code == 403
        locked = await browser.sign_in(page, world.email, PASSWORD)
    assert locked.status_code == 429
    assert 0 < int(locked.headers["retry-after"]) <= 60


NOT_THERE: list[Any] = [
    pytest.param({"client_id": "nobody"}, id="an unknown client"),
    pytest.param({"client_id": "../clients/x"}, id="no client id"),
    pytest.param({"client_id": None}, id="no client"),
    pytest.param({"client_id": "c" * 5000}, id="a huge client id"),
    pytest.param({"redirect_uri": None}, id="no redirect URI"),
    pytest.param({"redirect_uri": EVIL}, id="another's"),
    pytest.param({"redirect_uri": f"{REDIRECT_URI}/"}, id="a slash more"),
    pytest.param({"redirect_uri": f"{REDIRECT_URI}?a=b"}, id="a query more"),
    pytest.param({"redirect_uri": f"{REDIRECT_URI}#a"}, id="a fragment"),
    pytest.param({"redirect_uri": REDIRECT_URI.upper()}, id="capital letters"),
    pytest.param({"redirect_uri": "http://partner.example/callback"}, id="without TLS"),
    pytest.param({"redirect_uri": "https://partner.example:8443/callback"}, id="another port"),
    pytest.param({"redirect_uri": "https://partner.example@evil.example/callback"}, id="a user of another host"),
    pytest.param({"redirect_uri": "https://partner.example.evil.example/callback"}, id="a longer host"),
    pytest.param({"redirect_uri": "https://partner.example/callback/../open"}, id="a way out"),
    pytest.param({"redirect_uri": "//partner.example/callback"}, id="no scheme"),
    pytest.param({"redirect_uri": "javascript:alert(1)"}, id="a script"),
    pytest.param({"redirect_uri": "data:text/html,a"}, id="a document"),
    pytest.param({"redirect_uri": f"{REDIRECT_URI}\r\nSet-Cookie: a=b"}, id="a line break"),
    pytest.param({"redirect_uri": f"{REDIRECT_URI}\x00"}, id="a NUL"),
    pytest.param({"redirect_uri": f"https://{'a' * 5000}.example"}, id="a huge one"),
    pytest.param({"scope": "s" * 65}, id="a huge scope"),
    pytest.param({"scope": " ".join(f"s{'x' * n}" for n in range(64, 0, -1)) + " y"}, id="a hundred scopes"),
    pytest.param({"code_challenge": "c" * 129}, id="a huge challenge"),
    pytest.param({f"junk{n}": "j" for n in range(100)}, id="a hundred parameters"),
]


@pytest.mark.parametrize("other", NOT_THERE)
async def test_who_is_not_known_is_sent_nobody(world: World, other: dict[str, str | None]) -> None:
    client = await world.register()
    response = await world.http.get(world.asking(client, **other))
    assert response.status_code == 400
    assert "location" not in response.headers
    assert "This cannot go on" in response.text
    assert response.headers["x-frame-options"] == "DENY"
    assert "a=b" not in response.headers.get("set-cookie", "")


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
async def test_two_answers_to_who_asks_are_none(world: World, name: str) -> None:
    client = await world.register()
    for first in (True, False):
        pair = [(name, asked(client)[name])], [(name, EVIL)]
        rest = [(other, value) for other, value in asked(client).items() if other != name]
        query = urlencode([*pair[not first], *pair[first], *rest])
        response = await world.http.get(f"{paths.AUTHORIZE}?{query}")
        assert (response.status_code, response.headers.get("location")) == (400, None)


async def test_what_is_no_text_is_no_request(world: World) -> None:
    response = await world.http.get(f"{paths.AUTHORIZE}?client_id=%ff%fe")
    assert (response.status_code, response.headers.get("location")) == (400, None)


TOLD: list[Any] = [
    pytest.param({"code_challenge": None}, "invalid_request", id="no challenge"),
    pytest.param({"code_challenge_method": None}, "invalid_request", id="no method, which is plain"),
    pytest.param({"code_challenge_method": "plain"}, "invalid_request", id="plain"),
    pytest.param({"code_challenge_method": "s256"}, "invalid_request", id="small letters"),
    pytest.param({"code_challenge": VERIFIER[:42]}, "invalid_request", id="a short challenge"),
    pytest.param({"code_challenge": VERIFIER + "="}, "invalid_request", id="padding"),
    pytest.param({"response_type": None}, "invalid_request", id="no response type"),
    pytest.param({"response_type": "token"}, "unsupported_response_type", id="implicit"),
    pytest.param({"response_type": "code token"}, "unsupported_response_type", id="hybrid"),
    pytest.param({"scope": "bookings.read admin"}, "invalid_scope", id="a scope of staff"),
    pytest.param({"scope": "internal"}, "invalid_scope", id="a scope of services"),
    pytest.param({"scope": "hotels.read"}, "invalid_scope", id="no right of a traveller"),
    pytest.param({"scope": "users.write"}, "invalid_scope", id="not registered for it"),
    pytest.param({"scope": "<script>"}, "invalid_scope", id="no scope"),
]


@pytest.mark.parametrize(("other", "error"), TOLD)
async def test_what_a_client_does_wrong_it_is_told(world: World, other: dict[str, str | None], error: str) -> None:
    client = await world.register()
    answer = answered(await world.http.get(world.asking(client, **other)))
    assert (answer["error"], answer["state"], answer["iss"]) == (error, "the client's own", world.issuer)
    assert "code" not in answer


async def test_a_repeated_parameter_is_told(world: World) -> None:
    client = await world.register()
    answer = answered(await world.http.get(f"{world.asking(client)}&state=another"))
    assert (answer["error"], "state" in answer) == ("invalid_request", False)


@pytest.mark.parametrize(
    "state",
    [
        pytest.param("a\r\nSet-Cookie: a=b\r\n\r\n<script>", id="a header"),
        pytest.param("a&code=stolen&iss=https://evil.example", id="parameters"),
        pytest.param("\u202e ü \x00", id="odd letters"),
        pytest.param("#", id="a fragment"),
        pytest.param("a" * 2048, id="a long one"),
    ],
)
async def test_the_state_comes_back_as_it_was_and_does_nothing_else(world: World, state: str) -> None:
    client = await world.register()
    async with Browser(world.url) as browser:
        page = await browser.open(world.asking(client, state=state))
        assert "script" not in page.elements
        response = await browser.sign_in(page, world.email, PASSWORD)
    answer = answered(response)
    assert (set(answer), answer["state"]) == ({"code", "state", "iss"}, state)
    assert answer["iss"] == world.issuer
    assert "set-cookie" not in response.headers


async def test_a_huge_state_is_not_echoed(world: World) -> None:
    client = await world.register()
    answer = answered(await world.http.get(world.asking(client, state="a" * 2049)))
    assert (answer["error"], "state" in answer) == ("invalid_request", False)


async def test_names_are_text(world: World) -> None:
    client = await world.register(display_name='<img src=x onerror="alert(1)">')
    async with Browser(world.url) as browser:
        page = await browser.open(world.asking(client))
        again = Page(await browser.sign_in(page, '"><script>alert(1)</script>', "x"))
    assert "<img src=x onerror=" in shown(page)
    assert {"img", "script"}.isdisjoint(page.elements | again.elements)


@pytest.mark.parametrize("port", ["", ":51004", ":1"])
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
async def test_a_program_on_the_users_machine_has_any_port(world: World, host: str, port: str) -> None:
    client = await world.register(redirect_uris=[f"http://{host}:9/back"], public=True)
    redirect_uri = f"http://{host}{port}/back"
    async with Browser(world.url) as browser:
        page = await browser.open(world.asking(client, redirect_uri=redirect_uri))
        answer = answered(await browser.sign_in(page, world.email, PASSWORD), redirect_uri)
    form = exchange(client, answer["code"], redirect_uri=redirect_uri)
    assert (await world.exchange(form)).status_code == 200
    for other in ("http://localhost/back", "http://127.0.0.2/back", f"http://{host}/", "https://127.0.0.1/back"):
        assert (await world.http.get(world.asking(client, redirect_uri=other))).status_code == 400


@pytest.mark.parametrize(
    ("redirect_uri", "source"),
    [
        ("com.example.app:/back", "com.example.app:"),
        ("https://partner.example:8443/back?tenant=1", "https://partner.example:8443"),
    ],
)
async def test_other_redirect_uris(world: World, redirect_uri: str, source: str) -> None:
    client = await world.register(redirect_uris=[REDIRECT_URI, redirect_uri])
    async with Browser(world.url) as browser:
        page = await browser.open(world.asking(client, redirect_uri=redirect_uri))
        answer = answered(await browser.sign_in(page, world.email, PASSWORD), redirect_uri)
    assert f"form-action 'self' {source};" in page.response.headers["content-security-policy"]
    assert "code" in answer
    assert ("tenant" in answer) == ("tenant" in redirect_uri)


async def test_another_site_cannot_send_the_form(world: World) -> None:
    client, rival = await world.register(), await world.register()
    async with Browser(world.url) as victim, Browser(world.url) as attacker:
        own = await victim.open(world.asking(client))
        foreign = await attacker.open(world.asking(client))
        filled = {"email": world.email, "password": PASSWORD, "decision": "allow"}
        attempts = {
            "no token": {**own.values, **filled, "form_token": ""},
            "nonsense": {**own.values, **filled, "form_token": "1.é"},
            "another's token": {**foreign.values, **filled},
            "for another client": {**own.values, **filled, "client_id": client_id(rival)},
            "for more scopes": {**own.values, **filled, "scope": "bookings.write"},
            "with another state": {**own.values, **filled, "state": "the attacker's"},
        }
        for name, form in attempts.items():
            response = await victim.http.post(own.action, data=form)
            assert (response.status_code, response.headers.get("location")) == (403, None), name
            assert "Please sign in again" in response.text
        async with AsyncClient(base_url=world.url, trust_env=False) as without_cookie:
            response = await without_cookie.post(own.action, data={**own.values, **filled})
        assert response.status_code == 403
        assert "code" in answered(await victim.send(own, **filled)), "what is meant goes through"


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"", "application/json", 415),
        (b"a" * 20_000, "application/x-www-form-urlencoded", 413),
        (b"a=%ff", "application/x-www-form-urlencoded", 400),
        (b"", "application/x-www-form-urlencoded", 400),
    ],
    ids=["JSON", "huge", "no text", "nothing"],
)
async def test_a_form_that_is_none(world: World, content: bytes, kind: str, status: int) -> None:
    response = await world.http.post(paths.AUTHORIZE, content=content, headers={"content-type": kind})
    assert (response.status_code, response.headers["content-type"]) == (status, "text/html; charset=utf-8")
