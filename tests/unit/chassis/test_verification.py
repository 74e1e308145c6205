"""Only tokens that the auth service signed for us, and that are good now, speak for anybody."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import time
from typing import Any

import grpc
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from chassis.errors import CallFailed
from chassis.security import public_keys
from chassis.security.verification import TokenVerifier
from innkeeper.auth.v1.auth_pb2 import Jwk, Jwks


def generated(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", parameters={"kid": kid})


KEY, OTHER = generated("one"), generated("one")


class Auth:
    """Publishes keys, and counts how often it is asked for them."""

    def __init__(self, *keys: ECKey) -> None:
        self.keys = list(keys)
        self.asked = 0
        self.away = False

    async def jwks(self) -> Jwks:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise CallFailed(grpc.StatusCode.UNAVAILABLE, "away", reason="OVERLOADED").as_seen_by_client()
        public = [key.as_dict(private=False) for key in self.keys]
        return Jwks(
            keys=[
                Jwk(**{name: str(key[name]) for name in ("kty", "crv", "kid", "x", "y")}, use="sig") for key in public
            ]
        )


def claims(**changes: Any) -> dict[str, Any]:
    values = {
        "iss": "innkeeper",
        "aud": ["innkeeper"],
        "sub": "users/ada",
        "scope": "a.read b.write",
        "exp": time.time() + 600,
        "iat": time.time(),
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def signed(key: Any = KEY, *, header: dict[str, Any] | None = None, **changes: Any) -> str:
    """A good token, but for what is said."""
    kid = {"kid": key.kid} if key.kid else {}
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", **kid, **(header or {})}, claims(**changes), key)


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def unsigned(**header: Any) -> str:
    """A token that ends where the signature would begin."""
    parts = ({"typ": "at+jwt", "kid": "one", **header}, claims())
    return ".".join(encoded(json.dumps(part).encode()) for part in parts) + "."


def mixed_up_with_hmac() -> str:
    """Signed with the public key as if it were a shared secret: good, for a verifier that believes the header."""
    head = unsigned(alg="HS256")
    return head + encoded(hmac.digest(KEY.as_pem(private=False), head.removesuffix(".").encode(), "sha256"))


def tampered() -> str:
    header, _, signature = signed().split(".")
    return f"{header}.{encoded(json.dumps(claims(sub='users/eve')).encode())}.{signature}"


BAD = [
    pytest.param(lambda: signed(OTHER), id="signed by somebody else under our key's name"),
    pytest.param(lambda: signed(generated("two")), id="signed with a key that nobody published"),
    pytest.param(lambda: signed(ECKey.import_key(KEY.as_pem(private=True))), id="names no key"),
    pytest.param(lambda: signed(header={"jwk": OTHER.as_dict(private=False)}, key=OTHER), id="brings its own key"),
    pytest.param(lambda: unsigned(alg="none"), id="signed by nobody"),
    pytest.param(lambda: unsigned(alg="ES256"), id="an empty signature"),
    pytest.param(mixed_up_with_hmac, id="signed with the public key"),
    pytest.param(tampered, id="changed afterwards"),
    pytest.param(lambda: signed(header={"typ": "JWT"}), id="no access token"),
    pytest.param(lambda: signed(header={"typ": "id+jwt"}), id="a token of another kind"),
    pytest.param(lambda: signed(iss="elsewhere"), id="issued by somebody else"),
    pytest.param(lambda: signed(aud=["elsewhere"]), id="meant for somebody else"),
    pytest.param(lambda: signed(iss=None), id="issued by nobody"),
    pytest.param(lambda: signed(aud=None), id="meant for nobody"),
    pytest.param(lambda: signed(sub=None), id="speaks for nobody"),
    pytest.param(lambda: signed(exp=None), id="good for ever"),
    pytest.param(lambda: signed(exp="tomorrow"), id="good until a word"),
    pytest.param(lambda: signed(nbf=time.time() + 60), id="not good yet"),
    pytest.param(lambda: "", id="nothing"),
    pytest.param(lambda: "x", id="a letter"),
    pytest.param(lambda: "a.b.c", id="three letters"),
    pytest.param(lambda: "é.é.é", id="not ASCII"),
    pytest.param(lambda: "." * 1000, id="dots"),
    pytest.param(lambda: f"{unsigned(kid=['one'], alg='ES256')}AAAA", id="a list of keys"),
]


@pytest.fixture
def auth() -> Auth:
    return Auth(KEY)


@pytest.fixture
def verifier(auth: Auth) -> TokenVerifier:
    return TokenVerifier(auth.jwks, "innkeeper", "innkeeper")


async def reason(verifier: TokenVerifier, token: str) -> str:
    """Why a token is refused."""
    with pytest.raises(CallFailed) as raised:
        await verifier.verify(token)
    assert raised.value.code is grpc.StatusCode.UNAUTHENTICATED
    return raised.value.reason


async def test_a_good_token(verifier: TokenVerifier) -> None:
    principal = await verifier.verify(signed())
    assert (principal.subject, principal.user) == ("users/ada", "users/ada")
    assert principal.scopes == {"a.read", "b.write"}


async def test_a_token_of_an_issuer_whose_clock_is_ahead(verifier: TokenVerifier) -> None:
    assert (await verifier.verify(signed(iat=time.time() + 30))).subject == "users/ada"


async def test_a_client_speaks_for_no_user(verifier: TokenVerifier) -> None:
    principal = await verifier.verify(signed(sub="clients/booking", scope=None))
    assert (principal.subject, principal.user, principal.scopes) == ("clients/booking", "", frozenset())


@pytest.mark.parametrize("make", BAD)
async def test_a_bad_token(verifier: TokenVerifier, make: Any) -> None:
    assert await reason(verifier, make()) == "TOKEN_INVALID"


async def test_an_expired_token(verifier: TokenVerifier) -> None:
    assert await reason(verifier, signed(exp=time.time() - 1)) == "TOKEN_EXPIRED"


async def test_a_token_that_was_good_before_expires(auth: Auth) -> None:
    begun = time.time()
    clock = [begun]
    verifier = TokenVerifier(auth.jwks, "innkeeper", "innkeeper", lambda: clock[0])
    token = signed(exp=int(begun) + 10)
    assert (await verifier.verify(token)).subject == "users/ada"
    clock[0] = int(begun) + 9
    assert (await verifier.verify(token)).subject == "users/ada"
    clock[0] = int(begun) + 11
    assert await reason(verifier, token) == "TOKEN_EXPIRED"


async def test_those_who_come_first_wait_for_one_request(auth: Auth, verifier: TokenVerifier) -> None:
    principals = await asyncio.gather(*(verifier.verify(signed(sub=f"users/{number}")) for number in range(20)))
    assert len({principal.subject for principal in principals}) == 20
    assert auth.asked == 1


async def test_a_new_key_is_noticed(auth: Auth, verifier: TokenVerifier) -> None:
    await verifier.verify(signed())
    auth.keys.append(new := generated("two"))
    assert (await verifier.verify(signed(new))).subject == "users/ada"
    assert (await verifier.verify(signed(sub="users/eve"))).subject == "users/eve", "the key before is good still"
    assert auth.asked == 2


async def test_unknown_keys_are_not_asked_for_each_by_itself(auth: Auth, verifier: TokenVerifier) -> None:
    await verifier.verify(signed())
    begun = time.monotonic()
    made_up = [signed(generated(f"made-up-{number}")) for number in range(30)]
    assert set(await asyncio.gather(*(reason(verifier, token) for token in made_up))) == {"TOKEN_INVALID"}
    assert auth.asked <= 2 + (time.monotonic() - begun) / public_keys.SHORTEST_REFRESH


async def test_a_key_that_was_withdrawn_is_let_go_of_in_time(
    auth: Auth, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    await verifier.verify(signed())
    auth.keys = [generated("two")]
    monkeypatch.setattr(public_keys, "REFRESH_EVERY", 0.0)
    monkeypatch.setattr(public_keys, "SHORTEST_REFRESH", 0.0)
    await verifier.verify(signed(sub="users/eve"))  # is still let in, and has the keys asked for
    async with asyncio.timeout(5):
        while auth.asked < 2:  # noqa: ASYNC110 - a request that nobody waits for
            await asyncio.sleep(0)
    for _ in range(3):
        await asyncio.sleep(0)
    assert await reason(verifier, signed(sub="users/mallory")) == "TOKEN_INVALID"


async def test_the_auth_service_is_away(auth: Auth, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_keys, "SHORTEST_REFRESH", 0.0)
    auth.away = True
    with pytest.raises(grpc.aio.AioRpcError):
        await verifier.verify(signed())
    auth.away = False
    assert (await verifier.verify(signed())).subject == "users/ada"
    auth.away = True
    assert (await verifier.verify(signed(sub="users/eve"))).subject == "users/eve", "known keys stay good"
