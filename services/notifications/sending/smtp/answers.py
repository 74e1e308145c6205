"""What the answers of a mail server mean for a mail, for its address, and for all mails."""

from __future__ import annotations

import re
from typing import Final

from aiosmtplib import (
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from services.notifications.sending.transport import Lost, PutOff, Refused, Undelivered, Unreachable

ENHANCED: Final = re.compile(r"^([245])\.(\d{1,3})\.(\d{1,3})\b")
"""RFC 3463: class, subject and detail, at the beginning of the text."""

CLOSING: Final = 421
NO_ROOM: Final = 552
"""Of a sender, the mail is too large; of a recipient, the mailbox is full (RFC 5321 section 4.2.3)."""
FULL: Final = ("2", "2")
POLICY: Final = "7"
"""The subject of codes about what the server lets in: they say nothing of the address."""


def meaning(error: Exception) -> Undelivered:
    """What to make of an error in the midst of a mail."""
    match error:
        case SMTPRecipientsRefused():
            return _of_recipient(error.recipients[0])
        case SMTPRecipientRefused():
            return _of_recipient(error)
        case SMTPResponseException() if error.code == CLOSING:
            return Unreachable(f"closing {codes(error)}")
        case SMTPSenderRefused():
            # Whoever is not let in as a sender is not with the next mail either; a mail that is too large is.
            too_large = error.code == NO_ROOM or codes(error).endswith(" 5.3.4")
            return Refused(f"too-large {codes(error)}") if too_large else Unreachable(f"sender-refused {codes(error)}")
        case SMTPDataError():
            return _for_now(error) or Refused(f"content-refused {codes(error)}")
        case SMTPResponseException():
            return _for_now(error) or Refused(f"refused {codes(error)}")
        case SMTPNotSupported():
            return Refused("smtputf8-missing")
        case SMTPTimeoutError() | TimeoutError():
            return Lost("timed-out")
        case SMTPServerDisconnected() | OSError():
            return Lost("connection-lost")
        case SMTPException() | ValueError():
            return Lost(f"not-spoken {type(error).__name__}")
    raise error


def codes(error: SMTPResponseException) -> str:
    """The codes of an answer, `550 5.1.1`: what is written besides may name the address."""
    enhanced = ENHANCED.match(error.message)
    return f"{error.code} {enhanced[0]}" if enhanced else str(error.code)


def _of_recipient(error: SMTPRecipientRefused) -> Undelivered:
    if error.code == CLOSING:
        return Unreachable(f"closing {codes(error)}")
    if now := _for_now(error):
        return now
    enhanced = ENHANCED.match(error.message)
    if enhanced and enhanced[2] == POLICY:
        return Refused(f"not-let-in {codes(error)}")
    if (enhanced and enhanced.group(2, 3) == FULL) or error.code == NO_ROOM:  # which may be over tomorrow
        return Refused(f"mailbox-full {codes(error)}")
    return Refused(f"address-refused {codes(error)}", codes=codes(error))


def _for_now(error: SMTPResponseException) -> PutOff | None:
    return PutOff(f"put-off {codes(error)}") if error.code < 500 else None
