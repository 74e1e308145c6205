"""Tokens that are expired, forged or meant for somebody else."""

from __future__ import annotations

import pytest

from tests.edge import RunningEdge
from tests.service.edge.hostile.conftest import logged
from tests.service.edge.hostile.tokens import FORGED

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("unharmed")]


@pytest.mark.parametrize("path", ["/v1/users/ada", "/v1/hotels"], ids=["closed", "public"])
@pytest.mark.parametrize("name", FORGED)
async def test_a_forged_token(edge: RunningEdge, name: str, path: str) -> None:
    """It is refused where none is needed, too: whoever sends one means to be somebody."""
    before = len(edge.logged())
    async with edge.http(token=FORGED[name](edge.platform.identity)) as http:
        answer = await http.get(path)
    assert answer.status_code == 401, answer.text
    assert {detail.get("reason") for detail in answer.json()["details"]} & {"TOKEN_INVALID", "TOKEN_EXPIRED"}
    assert await logged(edge, f"path={path} status=401", after=before)


@pytest.mark.parametrize("path", ["/v1/users/ada", "/v1/hotels"], ids=["closed", "public"])
async def test_a_token_of_100_kib(edge: RunningEdge, path: str) -> None:
    token = edge.platform.token("users/ada", ["users.read"], padding="a" * 100_000)
    async with edge.http(token=token) as http:
        assert (await http.get(path)).status_code == 431


@pytest.mark.parametrize("header", ["Basic YWRhOnNlY3JldA==", "Bearer", "Bearer a b", "Digest username=ada", "token"])
@pytest.mark.parametrize("path", ["/v1/users/ada", "/v1/hotels"], ids=["closed", "public"])
async def test_no_bearer(edge: RunningEdge, header: str, path: str) -> None:
    async with edge.http(headers={"authorization": header}) as http:
        assert (await http.get(path)).status_code == 401


@pytest.mark.parametrize("place", ["query", "cookie", "other header"])
async def test_a_good_token_in_the_wrong_place(edge: RunningEdge, place: str) -> None:
    """Where it would be logged, or sent along by a browser that nobody asked."""
    token = edge.platform.token("users/ada", ["users.read"])
    headers = {"cookie": f"access_token={token}"} if place == "cookie" else {"x-access-token": token}
    async with edge.http() as http:
        if place == "query":
            answer = await http.get("/v1/users/ada", params={"access_token": token})
        else:
            answer = await http.get("/v1/users/ada", headers=headers)
    assert answer.status_code in (400, 401), answer.text


async def test_two_tokens(edge: RunningEdge) -> None:
    good = edge.platform.token("users/ada", ["users.read"])
    bad = FORGED["forged"](edge.platform.identity)
    for tokens in ((good, bad), (bad, good)):
        async with edge.http() as http:
            answer = await http.get("/v1/users/ada", headers=[("authorization", f"Bearer {token}") for token in tokens])
        assert answer.status_code in (400, 401), answer.text


async def test_what_services_say_of_others_is_not_heard(edge: RunningEdge) -> None:
    """An end user's token, which only a service may bring."""
    victim = edge.platform.token("users/grace", ["users.read"])
    for inside in ("x-innkeeper-end-user", "x-innkeeper-subject", "X-Innkeeper-End-User"):
        token = edge.platform.token("clients/mallory", ["users.read", "internal"])
        async with edge.http(token=token) as http:
            answer = await http.get("/v1/users/grace", headers={inside: victim})
        assert answer.status_code == 404, answer.text
