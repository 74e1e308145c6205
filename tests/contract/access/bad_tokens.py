"""Access tokens that open no door, each wrong in one way (RFC 7519, RFC 9068; the attacks are those of RFC 8725)."""

from __future__ import annotations

import hmac
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from typing import Any, Final

from joserfc.jwk import ECKey

from tests.identity import TestIdentity

Scopes = Iterable[str]
MALLORY: Final = "clients/mallory"


def of_unknown_key(identity: TestIdentity, scopes: Scopes) -> str:
    return identity.sign(MALLORY, scopes, key=ECKey.generate_key("P-256", parameters={"kid": "unheard-of"}))


def _forged(identity: TestIdentity, scopes: Scopes) -> str:
    """Signed with another key, under the name of the one that is known."""
    return identity.sign(MALLORY, scopes, key=ECKey.generate_key("P-256", parameters={"kid": str(identity.key.kid)}))


def _altered(identity: TestIdentity, scopes: Scopes) -> str:
    """Somebody else's name, above the signature for another."""
    mine, theirs = (identity.sign(subject, scopes).split(".") for subject in (MALLORY, "clients/booking"))
    return f"{mine[0]}.{theirs[1]}.{mine[2]}"


def _unsigned(identity: TestIdentity, scopes: Scopes) -> str:
    """The algorithm `none` (RFC 8725 section 2.1)."""
    header, payload, _ = identity.sign(MALLORY, scopes).split(".")
    return f"{_with_algorithm(header, b'none')}.{payload}."


def _by_public_key(identity: TestIdentity, scopes: Scopes) -> str:
    """The public key, which everybody has, taken for the secret of an HMAC (RFC 8725 section 2.1)."""
    header, payload, _ = identity.sign(MALLORY, scopes).split(".")
    signed = f"{_with_algorithm(header, b'HS256')}.{payload}"
    digest = hmac.digest(identity.key.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{_encoded(digest)}"


def _with_algorithm(header: str, algorithm: bytes) -> str:
    return _encoded(urlsafe_b64decode(header + "==").replace(b"ES256", algorithm))


def _encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


BAD_TOKENS: Final[dict[str, tuple[str, Callable[[TestIdentity, Scopes], str]]]] = {
    "malformed": ("TOKEN_INVALID", lambda identity, scopes: "no.access.token"),
    "expired": ("TOKEN_EXPIRED", lambda identity, scopes: identity.sign(MALLORY, scopes, expires_in=-60)),
    "for another audience": ("TOKEN_INVALID", lambda identity, scopes: identity.sign(MALLORY, scopes, aud="others")),
    "of another issuer": ("TOKEN_INVALID", lambda identity, scopes: identity.sign(MALLORY, scopes, iss="mallory")),
    "forged": ("TOKEN_INVALID", _forged),
    "altered": ("TOKEN_INVALID", _altered),
    "of another type": ("TOKEN_INVALID", lambda identity, scopes: identity.sign(MALLORY, scopes, typ="JWT")),
    "unsigned": ("TOKEN_INVALID", _unsigned),
    "signed with the public key": ("TOKEN_INVALID", _by_public_key),
    "without expiry": ("TOKEN_INVALID", lambda identity, scopes: identity.sign(MALLORY, scopes, exp=None)),
    "without subject": ("TOKEN_INVALID", lambda identity, scopes: identity.sign(MALLORY, scopes, sub=None)),
    "not good yet": ("TOKEN_INVALID", lambda identity, scopes: identity.sign(MALLORY, scopes, nbf=_tomorrow())),
}
"""Each kind of bad token: the reason of its refusal, and what makes one that claims those scopes."""


def _tomorrow() -> int:
    return int(time.time()) + 86_400


_NOT_AN_OBJECT: Final = _encoded(b"[]")
_ODD_KEY: Final = _encoded(b'{"alg":"ES256","kid":["a"]}')

MALFORMED: Final[dict[str, Any]] = {
    "empty": "",
    "one part": "token",
    "two parts": "a.b",
    "empty parts": "..",
    "four parts": "a.b.c.d",
    "no base64": "%.%.%",
    "a header that is no object": f"{_NOT_AN_OBJECT}.{_NOT_AN_OBJECT}.a",
    "a key that is no text": f"{_ODD_KEY}.{_NOT_AN_OBJECT}.a",
    "long": "a" * 4000,
}
"""Texts that are no tokens at all."""
