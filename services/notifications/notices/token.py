"""What the link of a notice has in it: which notice it is, signed, so that nobody acknowledges another's."""

from __future__ import annotations

from chassis.refusal import InvalidField
from chassis.security.signed_text import NotSigned, TextSigner


class NoticeTokenInvalid(InvalidField):
    """The link of a notice was not made here, or was altered."""

    reason = "NOTICE_TOKEN_INVALID"


class NoticeTokens:
    """Signs names of notices. A token is good for as long as the notice is kept.

    Args:
        secret: 32 random bytes, the same in every process that signs or reads.
    """

    def __init__(self, secret: bytes) -> None:
        self._signer = TextSigner(secret)

    def issue(self, notice: str) -> str:
        """The token of the notice of that name."""
        return self._signer.sign(notice.removeprefix("notices/"))

    def read(self, token: str) -> str:
        """The name of the notice. Raises NoticeTokenInvalid."""
        try:
            return f"notices/{self._signer.read(token)}"
        except NotSigned:
            raise NoticeTokenInvalid(
                "token", "was not made here, or was altered: open the link of the mail once more"
            ) from None
