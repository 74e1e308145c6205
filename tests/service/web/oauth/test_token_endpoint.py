"""The endpoints of programs, asked by clients that are wrong, and by those that take what is another's."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from httpx import Response
from sqlalchemy import update

from chassis.storage.session import Session
from services.auth.store.tables import AUTHORIZATION_CODES
from services.web.oauth import paths
from tests.contract.calls.filling import CHALLENGE, VERIFIER
from tests.service.web.oauth.world import REDIRECT_URI, World, client_id, credentials, exchange, renewal

BAD: list[Any] = [
    pytest.param({"redirect_uri": f"{REDIRECT_URI}/"}, 400, "invalid_grant", id="a slash too many"),
    pytest.param({"redirect_uri": "https://evil.example/"}, 400, "invalid_grant", id="another redirect URI"),
    pytest.param({"redirect_uri": None}, 400, "invalid_request", id="no redirect URI"),
    pytest.param({"code_verifier": VERIFIER[::-1]}, 400, "invalid_grant", id="another verifier"),
    pytest.param({"code_verifier": CHALLENGE}, 400, "invalid_grant", id="the challenge for a verifier"),
    pytest.param({"code_verifier": None}, 400, "invalid_request", id="no verifier"),
    pytest.param({"code_verifier": ""}, 400, "invalid_request", id="an empty verifier"),
    pytest.param({"code_verifier": "short"}, 400, "invalid_request", id="a short verifier"),
    pytest.param({"code_verifier": "v" * 129}, 400, "invalid_request", id="a long verifier"),
    pytest.param({"code": "unheard-of"}, 400, "invalid_grant", id="an unknown code"),
    pytest.param({"code": None}, 400, "invalid_request", id="no code"),
    pytest.param({"code": "c" * 513}, 400, "invalid_request", id="a huge code"),
    pytest.param({"code": "c\r\nSet-Cookie: a=b"}, 400, "invalid_request", id="a line break in the code"),
    pytest.param({"code": "c\x00"}, 400, "invalid_request", id="a NUL in the code"),
    pytest.param({"scope": "bookings.read admin"}, 400, "invalid_scope", id="a scope of staff"),
    pytest.param({"scope": "users.write"}, 400, "invalid_scope", id="a scope that the user did not see"),
    pytest.param({"scope": "hotels.read"}, 400, "invalid_scope", id="a scope of the client's own"),
    pytest.param({"scope": "s" * 65}, 400, "invalid_request", id="a huge scope"),
    pytest.param({"scope": "\u202e"}, 400, "invalid_request", id="no scope at all"),
    pytest.param({"client_secret": "guess"}, 401, "invalid_client", id="another secret"),
    pytest.param({"client_secret": None}, 401, "invalid_client", id="no secret"),
    pytest.param({"client_secret": "s" * 300}, 401, "invalid_client", id="a huge secret"),
    pytest.param({"client_id": "nobody"}, 401, "invalid_client", id="an unknown client"),
    pytest.param({"client_id": "NOBODY"}, 401, "invalid_client", id="no client id at all"),
    pytest.param({"client_id": None}, 401, "invalid_client", id="no client"),
    pytest.param({"grant_type": None}, 400, "invalid_request", id="no grant"),
    pytest.param({"grant_type": "password"}, 400, "unsupported_grant_type", id="a password"),
    pytest.param({"grant_type": "implicit"}, 400, "unsupported_grant_type", id="an unknown grant"),
    pytest.param({"junk": "j" * 20_000}, 413, "invalid_request", id="a huge form"),
    pytest.param({f"junk{n}": "j" for n in range(100)}, 400, "invalid_request", id="a hundred parameters"),
]


@pytest.mark.parametrize(("other", "status", "error"), BAD)
async def test_a_bad_exchange_is_refused_and_spoils_nothing(
    world: World, other: dict[str, str | None], status: int, error: str
) -> None:
    client = await world.register()
    code = await world.code(client)
    refuses(await world.exchange(exchange(client, code, **other)), status, error)
    assert (await world.exchange(exchange(client, code))).status_code == 200


def refuses(response: Response, status: int, error: str) -> None:
    """Checks an answer against RFC 6749 section 5.2."""
    assert (response.status_code, response.json()["error"]) == (status, error), response.text
    assert set(response.json()) == {"error", "error_description"}
    assert set(response.json()["error_description"]).isdisjoint('"\\')
    assert response.json()["error_description"].isascii()
    assert response.headers["cache-control"] == "no-store"
    assert ("www-authenticate" in response.headers) == (status == 401)
    assert "set-cookie" not in response.headers


RAW: list[Any] = [
    pytest.param(lambda form: urlencode([*form.items(), ("grant_type", "password")]), "", 400, id="a parameter twice"),
    pytest.param(lambda form: urlencode([*form.items(), ("grant_type", "")]), "", 400, id="twice, once empty"),
    pytest.param(lambda form: "grant_type=%ff", "", 400, id="no UTF-8"),
    pytest.param(lambda form: "grant_type=é", "", 400, id="not encoded"),
    pytest.param(lambda form: "&&&", "", 400, id="nothing but signs"),
    pytest.param(lambda form: "", "", 400, id="nothing"),
    pytest.param(lambda form: urlencode(form), "application/json", 415, id="called JSON"),
    pytest.param(lambda form: urlencode(form), "multipart/form-data; boundary=b", 415, id="called multipart"),
]


@pytest.mark.parametrize(("body", "kind", "status"), RAW)
async def test_a_body_that_cannot_be_read(
    world: World, body: Callable[[dict[str, str]], str], kind: str, status: int
) -> None:
    client = await world.register()
    form = {"grant_type": "client_credentials", **credentials(client)}
    headers = {"content-type": kind or "application/x-www-form-urlencoded"}
    refuses(await world.http.post(paths.TOKEN, content=body(form), headers=headers), status, "invalid_request")


def basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


@pytest.mark.parametrize(
    ("header", "status", "error"),
    [
        pytest.param(basic("agency"), 401, "invalid_client", id="no colon"),
        pytest.param(basic(":"), 401, "invalid_client", id="nothing in it"),
        pytest.param(basic("agency:guess"), 401, "invalid_client", id="a guess"),
        pytest.param(basic("%ff:%ff"), 401, "invalid_client", id="no UTF-8"),
        pytest.param("Basic é", 401, "invalid_client", id="no base64"),
        pytest.param("Basic", 401, "invalid_client", id="nothing at all"),
    ],
)
async def test_a_bad_header(world: World, header: str, status: int, error: str) -> None:
    headers = {"authorization": header.encode("latin-1")}
    refuses(await world.exchange({"grant_type": "client_credentials"}, headers=headers), status, error)


async def test_a_client_authenticates_in_one_way(world: World) -> None:
    client, other = await world.register(), await world.register()
    headers = {"authorization": basic(f"{client_id(client)}:{client.secret}")}
    grant = {"grant_type": "client_credentials"}
    assert (await world.exchange(grant, headers=headers)).status_code == 200
    assert (await world.exchange({**grant, "client_id": client_id(client)}, headers=headers)).status_code == 200
    refuses(await world.exchange({**grant, **credentials(client)}, headers=headers), 400, "invalid_request")
    confused = {**grant, "client_id": client_id(other)}
    refuses(await world.exchange(confused, headers=headers), 400, "invalid_request")


async def test_a_public_client_has_no_token_of_its_own(world: World) -> None:
    client = await world.register(public=True)
    grant = {"grant_type": "client_credentials", **credentials(client)}
    refuses(await world.exchange(grant), 401, "invalid_client")
    refuses(await world.exchange({**grant, "client_secret": "guess"}), 401, "invalid_client")


async def test_a_code_that_comes_twice_ends_what_came_of_it(world: World) -> None:
    client = await world.register()
    code = await world.code(client)
    first = (await world.exchange(exchange(client, code))).json()
    refuses(await world.exchange(exchange(client, code)), 400, "invalid_grant")
    refuses(await world.exchange(renewal(client, first["refresh_token"])), 400, "invalid_grant")
    assert not await world.active(first["access_token"])


async def test_a_code_is_of_use_to_one_client(world: World) -> None:
    client, rival = await world.register(), await world.register()
    code = await world.code(client)
    refuses(await world.exchange(exchange(rival, code)), 400, "invalid_grant")
    tokens = (await world.exchange(exchange(client, code))).json()
    refuses(await world.exchange(exchange(rival, code)), 400, "invalid_grant")
    assert await world.active(tokens["access_token"]), "the rival cannot end what is not its own"


async def test_a_code_runs_out(world: World) -> None:
    client = await world.register()
    code = await world.code(client)

    def age(session: Session) -> None:
        session.execute(update(AUTHORIZATION_CODES).values(expire_time=datetime.now(UTC)))

    await world.auth.running.database("auth").write(age)
    refuses(await world.exchange(exchange(client, code)), 400, "invalid_grant")


async def test_a_refresh_token_is_of_use_to_one_client(world: World) -> None:
    client, rival, app = await world.register(), await world.register(), await world.register(public=True)
    tokens = await world.tokens(client)
    for other in (rival, app):
        refuses(await world.exchange(renewal(other, tokens["refresh_token"])), 400, "invalid_grant")
    alone = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    refuses(await world.exchange(alone), 400, "invalid_grant")
    refuses(await world.exchange({**alone, "client_id": client_id(client)}), 401, "invalid_client")
    assert (await world.exchange(renewal(client, tokens["refresh_token"]))).status_code == 200


async def test_a_refresh_token_that_comes_twice_ends_its_session(world: World) -> None:
    client = await world.register(public=True)
    first = await world.tokens(client)
    second = (await world.exchange(renewal(client, first["refresh_token"]))).json()
    refuses(await world.exchange(renewal(client, first["refresh_token"])), 400, "invalid_grant")
    refuses(await world.exchange(renewal(client, second["refresh_token"])), 400, "invalid_grant")


async def test_a_renewal_narrows_and_never_widens(world: World) -> None:
    client = await world.register()
    tokens = await world.tokens(client)
    narrow = (await world.exchange(renewal(client, tokens["refresh_token"], scope="users.read"))).json()
    assert narrow["scope"] == "users.read"
    wide = renewal(client, narrow["refresh_token"], scope="users.read bookings.write")
    refuses(await world.exchange(wide), 400, "invalid_scope")
    assert (await world.exchange(renewal(client, narrow["refresh_token"]))).json()["scope"] == tokens["scope"]


async def test_a_client_revokes_its_own_tokens_alone(world: World) -> None:
    client, rival = await world.register(), await world.register()
    tokens = await world.tokens(client)
    own = (await world.auth.sign_in(email=world.email)).refresh_token
    for token in (tokens["access_token"], tokens["refresh_token"], own):
        refuses(await world.http.post(paths.REVOKE, data={"token": token, **credentials(rival)}), 400, "invalid_grant")
        assert await world.active(token)
    for token in (tokens["access_token"], tokens["refresh_token"]):
        refuses(await world.http.post(paths.REVOKE, data={"token": token}), 400, "invalid_grant")
        response = await world.http.post(paths.REVOKE, data={"token": token, **credentials(client)})
        assert (response.status_code, response.content) == (200, b"")
        assert not await world.active(token)


async def test_of_a_token_that_there_is_not_nothing_is_told(world: World) -> None:
    client = await world.register()
    response = await world.http.post(paths.REVOKE, data={"token": "nonsense", **credentials(client)})
    assert (response.status_code, response.content) == (200, b"")
    refuses(await world.http.post(paths.REVOKE, data=credentials(client)), 400, "invalid_request")
    wrong = {"token": "nonsense", **credentials(client), "client_secret": "guess"}
    refuses(await world.http.post(paths.REVOKE, data=wrong), 401, "invalid_client")


async def test_introspection_is_for_clients_that_are_registered_for_it(world: World) -> None:
    desk = await world.register("tokens.introspect", redirect_uris=())
    client, app = await world.register(), await world.register(public=True)
    asked = {"token": (await world.tokens(client))["access_token"]}
    refuses(await world.http.post(paths.INTROSPECT, data=asked), 401, "invalid_client")
    refuses(await world.http.post(paths.INTROSPECT, data={**asked, **credentials(app)}), 401, "invalid_client")
    refuses(await world.http.post(paths.INTROSPECT, data={**asked, **credentials(client)}), 403, "insufficient_scope")
    refuses(await world.http.post(paths.INTROSPECT, data=credentials(desk)), 400, "invalid_request")
    own = (await world.exchange({"grant_type": "client_credentials", **credentials(desk)})).json()["access_token"]
    bearer = {"authorization": f"Bearer {own}"}
    assert (await world.http.post(paths.INTROSPECT, data=asked, headers=bearer)).json()["active"]
    bearer = {"authorization": f"Bearer {asked['token']}"}
    refuses(await world.http.post(paths.INTROSPECT, data=asked, headers=bearer), 403, "insufficient_scope")


@pytest.mark.parametrize("path", [paths.TOKEN, paths.REVOKE, paths.INTROSPECT])
async def test_what_is_secret_stands_in_no_address(world: World, path: str) -> None:
    assert (await world.http.get(f"{path}?token=a&grant_type=client_credentials")).status_code == 405
    assert (await world.http.post(f"{path}?token=a&grant_type=client_credentials", data={"a": "b"})).status_code in (
        400,
        401,
    )
