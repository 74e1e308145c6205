"""What a link to unsubscribe has in it: whose mails end and of which topic, signed. It is good for ever, as mails are
kept; it says nothing that its mail does not."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Final

from chassis.refusal import InvalidField
from services.notifications.mail import Topic

BYTES: Final = 16
"""As many of a signature as nobody guesses."""


class UnsubscribeTokenInvalid(InvalidField):
    """The link was not made here, or was altered."""

    reason = "UNSUBSCRIBE_TOKEN_INVALID"


class UnsubscribeTokens:
    """Makes links, and reads what comes back.

    Args:
        secret: 32 random bytes, the same in every process.
        public_url: Where the platform is for the outside world.
    """

    def __init__(self, secret: bytes, public_url: str) -> None:
        self._secret = secret
        self._public_url = public_url

    def url(self, user: str, topic: Topic) -> str:
        """The page on which that user unsubscribes from that topic."""
        return f"{self._public_url}/unsubscribe/{self.issue(user, topic)}"

    def issue(self, user: str, topic: Topic) -> str:
        """The token for that user and topic."""
        said = f"{topic} {user}".encode()
        return f"{_text(said)}.{_text(self._signature(said))}"

    def read(self, token: str) -> tuple[str, Topic]:
        """Whose mails end, and of which topic. Raises UnsubscribeTokenInvalid."""
        said, _, signature = token.partition(".")
        try:
            content = _bytes(said)
            if hmac.compare_digest(_bytes(signature), self._signature(content)):
                topic, _, user = content.decode().partition(" ")
                return user, Topic(topic)
        except ValueError:  # not in base 64, or a topic that there was once
            pass
        raise UnsubscribeTokenInvalid("token", "was not made here, or was altered: open the link of the mail once more")

    def _signature(self, said: bytes) -> bytes:
        return hmac.digest(self._secret, said, sha256)[:BYTES]


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
