"""One refresh token, and what it is still good for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chassis.refusal import Refusal
from services.auth.refresh import RefreshToken, RefreshTokenInvalid, RefreshTokenReused, TokenFamily

NOW = datetime(2027, 5, 1, 12, tzinfo=UTC)
LIFE = timedelta(days=30)
FAMILY = TokenFamily.begin("users/ada", "planner", frozenset({"users.read"}), now=NOW, life=LIFE)
TOKEN = RefreshToken(digest=b"digest", family=FAMILY)


def test_a_use_prolongs_the_session() -> None:
    later = NOW + timedelta(days=29)
    assert TOKEN.redeem("planner", now=later, life=LIFE) == replace(FAMILY, expire_time=later + LIFE)


@pytest.mark.parametrize(
    ("token", "days", "refusal"),
    [
        pytest.param(TOKEN, 30, RefreshTokenInvalid, id="nobody-used-it-for-a-month"),
        pytest.param(replace(TOKEN, used=True), 1, RefreshTokenReused, id="used"),
        pytest.param(replace(TOKEN, family=replace(FAMILY, revoke_time=NOW)), 1, RefreshTokenInvalid, id="revoked"),
        pytest.param(
            replace(TOKEN, used=True, family=replace(FAMILY, revoke_time=NOW)),
            1,
            RefreshTokenInvalid,
            id="used-and-revoked",
        ),
        pytest.param(replace(TOKEN, used=True), 31, RefreshTokenInvalid, id="used-and-too-old"),
    ],
)
def test_not_good(token: RefreshToken, days: int, refusal: type[Refusal]) -> None:
    now = NOW + timedelta(days=days)
    assert not token.is_good(now)
    with pytest.raises(refusal):
        token.redeem("planner", now=now, life=LIFE)


@pytest.mark.parametrize("used", [True, False], ids=["used", "new"])
def test_no_other_client_finds_out_what_it_is_good_for(used: bool) -> None:
    with pytest.raises(RefreshTokenInvalid):
        replace(TOKEN, used=used).redeem("rival", now=NOW, life=LIFE)


def test_good_until_the_last_moment() -> None:
    assert TOKEN.is_good(NOW + LIFE - timedelta(microseconds=1))
