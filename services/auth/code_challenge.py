"""Proof key for code exchange (RFC 7636): whoever brings a code is who asked for it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Final

from chassis.refusal import InvalidField

METHOD: Final = "S256"
CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
"""A SHA-256, base64url without padding."""


class CodeChallengeInvalid(InvalidField):
    """The code challenge is missing, or was not made by SHA-256."""

    reason = "CODE_CHALLENGE_INVALID"


def check_code_challenge(challenge: str, method: str) -> None:
    """Raise CodeChallengeInvalid for any challenge that was not made by SHA-256."""
    if method != METHOD or not CHALLENGE.fullmatch(challenge):
        raise CodeChallengeInvalid(
            "authorization.code_challenge",
            "must be the SHA-256 of the code verifier, in 43 characters, by the method S256",
        )


def is_met(challenge: str, verifier: str) -> bool:
    """Whether the challenge was made from that verifier (RFC 7636 section 4.6)."""
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(made, challenge.encode())
