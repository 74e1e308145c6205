"""Short texts that go out in links, signed, so that they can be believed when they come back."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Final

BYTES: Final = 16
"""As many of a signature (HMAC-SHA-256) as nobody guesses."""


class NotSigned(ValueError):
    """A token that was not made here, or was altered."""


class TextSigner:
    """Makes tokens of letters, digits, `-`, `_` and one dot. Who has one can read the text in it, and make no other.

    A token is good for as long as the secret is; what else it takes, the text has to say.

    Args:
        secret: 32 random bytes, the same in every process; another for each thing that is signed.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def sign(self, text: str) -> str:
        """The token with that text."""
        signature = hmac.digest(self._secret, text.encode(), sha256)[:BYTES]
        return f"{_url_safe(text.encode())}.{_url_safe(signature)}"

    def read(self, token: str) -> str:
        """The text of the token. Raises NotSigned."""
        said = token.partition(".")[0]
        try:
            text = urlsafe_b64decode(said + "=" * (-len(said) % 4)).decode()
            # The whole of it, as several strings stand for the same bytes in Base64.
            if hmac.compare_digest(token.encode(), self.sign(text).encode()):
                return text
        except ValueError:  # no Base64, or no UTF-8
            pass
        raise NotSigned("a token that was not made here, or was altered")


def _url_safe(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
