"""A mail as it goes out: its headers, and the bytes of it.

The headers of a mail's identity are written here and not by Python's email package, which may fold a long word of a
header into an encoded one, whatever the header means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import policy
from email.generator import BytesGenerator
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from io import BytesIO
from typing import Final

from services.notifications.mail import Mail

SPECIALS: Final = re.compile(
    r'=\?|[\x00-\x1f\x7f-\x9f()<>\[\]:;@\\,"\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+'
)
"""What has a meaning in a header (RFC 5322 section 3.2.3), begins an encoded word (RFC 2047), breaks lines, or turns
the direction of what follows."""

LONGEST_NAME: Final = 100
LONGEST_WORD: Final = 60
CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
LONGEST_SUBJECT: Final = 200
COMPOSED: Final = frozenset({"to", "mime-version", "content-type", "content-transfer-encoding"})
"""The headers that are taken as they are from whoever composed the mail."""
SEVEN_BIT: Final = policy.SMTP.clone(cte_type="7bit")
WITH_UTF8: Final = policy.SMTPUTF8.clone(cte_type="7bit")


class BadRecipient(ValueError):
    """A mail that is not to one address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A mail ready to be handed over. `sender` and `recipient` are addresses alone; a recipient that is not ASCII needs
    a server with SMTPUTF8 (RFC 6531)."""

    sender: str
    recipient: str
    content: bytes

    @property
    def needs_utf8(self) -> bool:
        """Whether the address cannot be written in ASCII."""
        return not self.recipient.isascii()


def addressed(name: str, address: str) -> Address:
    """Somebody's address with their name, from which everything is taken that means something in a header.

    A domain with letters of other scripts is written in ASCII (IDNA). Raises BadRecipient for what is no address.
    """
    shown = " ".join(SPECIALS.sub(" ", name).split())[:LONGEST_NAME]
    local, at, domain = address.rpartition("@")
    if not (at and local and domain) or any(c.isspace() or not c.isprintable() or c in '<>"(),:;\\[]' for c in address):
        raise BadRecipient("no address that mail can go to")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
        # An address that stands for itself, to the letter: whatever of it the header's parser understands otherwise.
        return Address(display_name=shown, username=local, domain=ascii_domain)
    except (UnicodeError, ValueError) as error:
        raise BadRecipient("no address that mail can go to") from error


def sealed(message: EmailMessage, mail: Mail, sender: Address, unsubscribe_url: str = "") -> Sealed:
    """The mail with the headers that make it this one, however often it is sent. Raises BadRecipient.

    `unsubscribe_url` is that of the page to unsubscribe on, and of RFC 8058; empty for mails that have to come.
    """
    recipient, subject = _recipient(message), _folded(str(message["Subject"] or ""))
    for header in {name for name in message.keys() if name.lower() not in COMPOSED}:  # noqa: SIM118 - it is no mapping
        del message[header]
    message["From"] = sender
    for part in message.iter_attachments():
        if CONTROLS.search(str(part["Content-Disposition"])):
            part.replace_header("Content-Disposition", "attachment")  # whoever so names a file has its name forgotten
    ours = [
        ("Subject", subject),
        ("Date", format_datetime(mail.due_time)),
        ("Message-ID", mail.message_id),
        ("Auto-Submitted", "auto-generated"),
    ]
    if unsubscribe_url:
        ours += [
            ("List-Unsubscribe", f"<{unsubscribe_url}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ]
    content = BytesIO()
    content.write("".join(f"{name}: {value}\r\n" for name, value in ours).encode("ascii"))
    rules = SEVEN_BIT if recipient.isascii() else WITH_UTF8
    BytesGenerator(content, policy=rules).flatten(message)
    return Sealed(sender=sender.addr_spec, recipient=recipient, content=content.getvalue())


def _folded(subject: str) -> str:
    """The text of a subject in lines that are short enough (RFC 5322 section 2.2.3, RFC 2047), none of them empty: the
    email package has the first one say `Subject:` alone, after which some readers show a blank."""
    # Python 3.11 reads an encoded word wherever it stands, and writes as it is the end of a line that was hidden in it
    # (python/cpython issue 121650).
    line = " ".join(CONTROLS.sub(" ", subject).split())[:LONGEST_SUBJECT]
    is_plain = line.isascii() and "=?" not in line and all(len(word) <= LONGEST_WORD for word in line.split())
    return Header(line, "us-ascii" if is_plain else "utf-8", header_name="Subject").encode(linesep="\r\n")


def _recipient(message: EmailMessage) -> str:
    to = message.get_all("To", [])
    addresses: tuple[Address, ...] = getattr(to[0], "addresses", ()) if len(to) == 1 else ()
    if len(addresses) != 1 or not (addresses[0].username and addresses[0].domain):
        raise BadRecipient("a mail goes to one address")
    return str(addresses[0].addr_spec)
