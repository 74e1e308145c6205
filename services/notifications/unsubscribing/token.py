"""What a link to unsubscribe has in it: whose mails end and of which topic, signed. It is good for ever, as mails are
kept; it says nothing that its mail does not."""

from __future__ import annotations

from chassis.refusal import InvalidField
from chassis.security.signed_text import TextSigner
from services.notifications.mail import Topic


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
        self._signer = TextSigner(secret)
        self._public_url = public_url

    def url(self, subscriber: str, topic: Topic) -> str:
        """The page on which that subscriber of mails unsubscribes from that topic."""
        return f"{self._public_url}/unsubscribe/{self.issue(subscriber, topic)}"

    def issue(self, subscriber: str, topic: Topic) -> str:
        """The token for that subscriber and topic."""
        return self._signer.sign(f"{topic} {subscriber}")

    def read(self, token: str) -> tuple[str, Topic]:
        """Whose mails end, and of which topic. Raises UnsubscribeTokenInvalid."""
        try:
            topic, _, subscriber = self._signer.read(token).partition(" ")
            return subscriber, Topic(topic)
        except ValueError:  # not signed, or a topic that there was once
            raise UnsubscribeTokenInvalid(
                "token", "was not made here, or was altered: open the link of the mail once more"
            ) from None
