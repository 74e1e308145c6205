"""Passwords are hashed with Argon2id (RFC 9106), on a thread, since each takes some 20 ms.

The parameters are those of the OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from services.auth.account import PasswordCheck

PASSES: Final = 2
LANES: Final = 1


class Passwords:
    """Hashes passwords, and compares them with hashes.

    Args:
        memory_kib: How much memory each takes.
    """

    def __init__(self, memory_kib: int) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=memory_kib, parallelism=LANES)
        self._nobodys_hash = f"$argon2id$v=19$m={memory_kib},t={PASSES},p={LANES}${_random(16)}${_random(32)}"

    async def hash(self, password: str) -> str:
        """The hash to keep of a password, salted anew."""
        return await asyncio.to_thread(self._hasher.hash, password)

    async def check(self, password_hash: str | None, password: str) -> PasswordCheck:
        """Compares. Without a hash, as of an account that does not exist, it takes as long, and is wrong."""
        return await asyncio.to_thread(self._checked, password_hash or self._nobodys_hash, password)

    def _checked(self, password_hash: str, password: str) -> PasswordCheck:
        try:
            self._hasher.verify(password_hash, password)
        except VerifyMismatchError:
            return PasswordCheck(against=password_hash, right=False)
        outdated = self._hasher.check_needs_rehash(password_hash)
        return PasswordCheck(
            against=password_hash, right=True, fresh_hash=self._hasher.hash(password) if outdated else ""
        )


def _random(size: int) -> str:
    """Random bytes as they stand in the text form of an Argon2 hash."""
    return base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")
