"""What the link of a notice has in it: which notice it is, signed, so that nobody acknowledges another's."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final

from chassis.refusal import InvalidField

BYTES: Final = 16
"""As many of a signature as nobody guesses."""


class NoticeTokenInvalid(InvalidField):
    """The link of a notice was not made here, or was altered."""

    reason = "NOTICE_TOKEN_INVALID"


class NoticeTokens:
    """Signs names of notices. A token is good for as long as the notice is kept.

    Args:
        secret: 32 random bytes, the same in every process that signs or reads.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def issue(self, notice: str) -> str:
        """The token of the notice of that name."""
        identity = notice.removeprefix("notices/")
        return f"{identity}.{self._signature(identity)}"

    def read(self, token: str) -> str:
        """The name of the notice. Raises NoticeTokenInvalid."""
        identity, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(identity).encode()):
            raise NoticeTokenInvalid("token", "was not made here, or was altered: open the link of the mail once more")
        return f"notices/{identity}"

    def _signature(self, identity: str) -> str:
        digest = hmac.digest(self._secret, identity.encode(), hashlib.sha256)[:BYTES]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
