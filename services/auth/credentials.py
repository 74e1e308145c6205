"""What a caller proves an identity with, and what happens when the proof is wrong."""

from __future__ import annotations

import hashlib
import secrets

from chassis.refusal import Refusal


class WrongCredentials(Refusal):
    """No such account or client, or not its password or secret. Which of the two is not told."""

    reason = "WRONG_CREDENTIALS"


def new_secret() -> str:
    """A secret nobody can guess: 256 random bits, in characters that need no escaping anywhere."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is stored of a secret made by `new_secret`: its SHA-256.

    One fast round is right here. Slow, salted hashes make up for how few passwords people choose from; among 2²⁵⁶
    secrets there is nothing to guess, and no two are the same.
    """
    return hashlib.sha256(secret.encode()).digest()
