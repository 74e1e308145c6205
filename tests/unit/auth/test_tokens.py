"""What an access token says, and which texts are none."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from services.auth.signing_keys import KeySeal, SigningKey
from services.auth.tokens import AccessTokens

NOW = datetime(2027, 5, 1, 12, tzinfo=UTC)
LIFE = timedelta(minutes=15)
TOKENS = AccessTokens(issuer="innkeeper", audience="innkeeper-api", life=LIFE)
SEAL = KeySeal(bytes(32))
KEY = SEAL.generate(NOW)
PAIR = SEAL.open(KEY)


def issued(tokens: AccessTokens = TOKENS, key: ECKey = PAIR, family: str = "") -> str:
    return tokens.issue(
        key, subject="users/ada", client_id="sign-in", scopes=frozenset({"b", "a"}), now=NOW, family=family
    )


def part(token: str, index: int) -> dict[str, Any]:
    text = token.split(".")[index]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def forged(header: dict[str, Any], key: ECKey | OctKey = PAIR, **claims: object) -> str:
    header = {"alg": "ES256", "typ": "at+jwt", "kid": KEY.kid} | header
    return jwt.encode(header, part(issued(), 1) | claims, key, algorithms=[header["alg"]])


def test_it_says_what_rfc_9068_asks_for() -> None:
    token = issued()
    claims = part(token, 1)
    assert part(token, 0) == {"alg": "ES256", "typ": "at+jwt", "kid": KEY.kid}
    assert claims.pop("jti") != part(issued(), 1)["jti"]
    assert claims == {
        "iss": "innkeeper",
        "sub": "users/ada",
        "aud": "innkeeper-api",
        "exp": int((NOW + LIFE).timestamp()),
        "iat": int(NOW.timestamp()),
        "client_id": "sign-in",
        "scope": "a b",
    }


def test_it_is_read_as_it_was_written() -> None:
    claims = TOKENS.read(issued(family="some sign-in"), [KEY], NOW)
    assert claims is not None
    assert (claims.subject, claims.client_id, claims.family) == ("users/ada", "sign-in", "some sign-in")
    assert (claims.scopes, claims.expire_time) == (frozenset({"a", "b"}), NOW + LIFE)


def test_it_is_good_until_it_expires() -> None:
    assert TOKENS.read(issued(), [KEY], NOW + LIFE - timedelta(seconds=1)) is not None
    assert TOKENS.read(issued(), [KEY], NOW + LIFE) is None


def test_every_key_that_is_still_known_verifies() -> None:
    newer = SEAL.generate(NOW)
    assert TOKENS.read(issued(), [newer, KEY], NOW) is not None
    assert TOKENS.read(issued(), [newer], NOW) is None
    assert TOKENS.read(issued(), [], NOW) is None


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(issued(AccessTokens(issuer="another", audience="innkeeper-api", life=LIFE)), id="other-issuer"),
        pytest.param(issued(AccessTokens(issuer="innkeeper", audience="another", life=LIFE)), id="other-audience"),
        pytest.param(issued(key=ECKey.generate_key("P-256", {"kid": KEY.kid})), id="forged-under-a-known-kid"),
        pytest.param(forged({"typ": "JWT"}), id="no-access-token"),
        pytest.param(forged({"alg": "HS256"}, OctKey.import_key(KEY.x)), id="signed-with-what-is-public"),
        pytest.param(forged({}, exp=None), id="never-expires"),
        pytest.param(forged({}, exp="tomorrow"), id="expires-by-hearsay"),
        pytest.param(issued().rsplit(".", 1)[0] + ".", id="no-signature"),
        pytest.param("e30." + issued().split(".", 1)[1], id="no-header"),
        pytest.param("", id="nothing"),
    ],
)
def test_not_good(token: str) -> None:
    assert TOKENS.read(token, [KEY], NOW) is None


def test_none_is_no_algorithm() -> None:
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "at+jwt"}).encode()).decode().rstrip("=")
    assert TOKENS.read(f"{header}.{issued().split('.')[1]}.", [KEY], NOW) is None


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*", fullmatch=True))
def test_any_other_text_is_no_token(text: str) -> None:
    assert TOKENS.read(text, [KEY], NOW) is None


@given(st.data())
def test_a_changed_token_is_no_token(data: st.DataObject) -> None:
    header, claims, signature = issued().split(".")
    place = data.draw(st.integers(0, len(claims) - 1))
    other = data.draw(st.sampled_from("ABCDEFabcdef012345-_").filter(lambda letter: letter != claims[place]))
    changed = f"{header}.{claims[:place]}{other}{claims[place + 1 :]}.{signature}"
    assert TOKENS.read(changed, [KEY], NOW) is None


def test_a_retired_key_has_no_private_part() -> None:
    retired = KEY.retire(now=NOW, longest_token_life=LIFE)
    assert retired.sealed is None
    assert retired.expire_time is not None
    assert retired.expire_time > NOW + LIFE
    assert TOKENS.read(issued(), [retired], NOW) is not None


def test_the_private_part_is_not_there_to_read() -> None:
    private = str(PAIR.as_dict(private=True)["d"])
    assert KEY.sealed is not None
    assert PAIR.as_der(private=True) not in KEY.sealed
    assert private not in repr(KEY)
    assert "d" not in KEY.public.as_dict()


def test_keys_are_named_by_their_thumbprint() -> None:
    public: SigningKey = KEY
    assert public.kid == ECKey.import_key({"kty": "EC", "crv": "P-256", "x": KEY.x, "y": KEY.y}).thumbprint()
