"""Access tokens that are made to be taken for good ones, beside those that every service refuses (RFC 8725)."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey

from tests.contract.access.bad_tokens import BAD_TOKENS, MALFORMED, MALLORY
from tests.identity import TestIdentity

ELSEWHERE: Final = "http://127.0.0.1:9/keys"
"""Nobody listens there; a verifier that asks there for keys has been led astray."""

SCOPES: Final = ("hotels.read", "users.read", "admin")


def _signed_by_stranger(identity: TestIdentity, **header: Any) -> str:
    """By the attacker's own key, with a header that says where to find it."""
    key = ECKey.generate_key("P-256", parameters={"kid": str(header.pop("kid", identity.key.kid))})
    return _rehead(identity.sign(MALLORY, SCOPES, key=key), key, header)


def _jwk_within(identity: TestIdentity) -> str:
    key = ECKey.generate_key("P-256", parameters={"kid": "mine"})
    return _rehead(identity.sign(MALLORY, SCOPES, key=key), key, {"jwk": key.as_dict(private=False)})


def _critical(identity: TestIdentity) -> str:
    """Signed well, but it asks not to be taken by whoever does not know the extension (RFC 7515 section 4.1.11)."""
    return _rehead(identity.sign(MALLORY, SCOPES), identity.key, {"crit": ["b64"], "b64": False})


def _rehead(token: str, key: ECKey, header: dict[str, Any]) -> str:
    """The same claims below another header, signed by that key."""
    head, payload, _ = token.split(".")
    signing_input = f"{_encoded({**_decoded(head), **header})}.{payload}"
    return f"{signing_input}.{_text(_es256(key, signing_input.encode()))}"


def _es256(key: ECKey, data: bytes) -> bytes:
    private: Any = key.private_key
    r, s = decode_dss_signature(private.sign(data, ECDSA(SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def _with_signature(identity: TestIdentity, signature: bytes) -> str:
    head, payload, _ = identity.sign(MALLORY, SCOPES).split(".")
    return f"{head}.{payload}.{_text(signature)}"


def _with_algorithm(identity: TestIdentity, algorithm: str, signature: bytes = b"") -> str:
    head, payload, _ = identity.sign(MALLORY, SCOPES).split(".")
    return f"{_encoded({**_decoded(head), 'alg': algorithm})}.{payload}.{_text(signature)}"


def _by_hmac(identity: TestIdentity, secret: bytes, **header: Any) -> str:
    head, payload, _ = identity.sign(MALLORY, SCOPES).split(".")
    signing_input = f"{_encoded({**_decoded(head), 'alg': 'HS256', **header})}.{payload}"
    return f"{signing_input}.{_text(hmac.digest(secret, signing_input.encode(), 'sha256'))}"


def _public_point(identity: TestIdentity) -> bytes:
    return json.dumps(identity.key.as_dict(private=False)).encode()


def _decoded(part: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return read


def _encoded(header: dict[str, Any]) -> str:
    return _text(json.dumps(header).encode())


def _text(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


FORGED: Final[dict[str, Callable[[TestIdentity], str]]] = {
    **{name: lambda identity, make=make: make(identity, SCOPES) for name, (_, make) in BAD_TOKENS.items()},
    **{f"malformed, {name}": lambda identity, text=text: str(text) for name, text in MALFORMED.items() if text},
    "by a key of another name": lambda identity: _signed_by_stranger(identity, kid="other"),
    "by a key in a file": lambda identity: _by_hmac(identity, b"", kid="../../../../dev/null"),
    "by a key from a database": lambda identity: _by_hmac(identity, b"a", kid="x' UNION SELECT 'a"),
    "by a key from elsewhere": lambda identity: _signed_by_stranger(identity, jku=ELSEWHERE),
    "by a certificate from elsewhere": lambda identity: _signed_by_stranger(identity, x5u=ELSEWHERE),
    "by the key within": _jwk_within,
    "by the public key as a JWK": lambda identity: _by_hmac(identity, _public_point(identity)),
    "with a critical extension": _critical,
    "of no algorithm, in capitals": lambda identity: _with_algorithm(identity, "NONE"),
    "of no algorithm, with a signature": lambda identity: _with_algorithm(identity, "none", b"a"),
    "of an algorithm that is not ours": lambda identity: _with_algorithm(identity, "ES384", bytes(96)),
    "of zeros": lambda identity: _with_signature(identity, bytes(64)),
    "of an empty signature": lambda identity: _with_signature(identity, b""),
    "for people, not for calls": lambda identity: identity.sign(MALLORY, SCOPES, typ="id+jwt"),
    "of a client's audience": lambda identity: identity.sign(MALLORY, SCOPES, aud=["agency"]),
    "with an expiry that is no number": lambda identity: identity.sign(MALLORY, SCOPES, exp="tomorrow"),
}
"""What makes each of them; most claim to be a client with every right."""
