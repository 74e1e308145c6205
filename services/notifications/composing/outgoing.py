"""A letter with its papers, as a message that goes to an address (RFC 5322, RFC 2045)."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage

from services.notifications.composing.papers import Paper
from services.notifications.letters.rendering import Rendered
from services.notifications.sending.envelope import addressed
from services.notifications.sending.headers import RULES


def message_to(address: str, rendered: Rendered, papers: Sequence[Paper] = ()) -> EmailMessage:
    """The message: text, the same as HTML, and the papers as attachments. Raises BadRecipient where it can not go."""
    message = EmailMessage(RULES)
    message["To"] = addressed("", address)
    message["Subject"] = rendered.subject
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    message.set_boundary("=_alternative")
    for paper in papers:
        message.add_attachment(paper.content, maintype="application", subtype="pdf", filename=paper.name)
        message.set_boundary("=_mixed")  # as `=_` is in nothing encoded, it is looked for in nothing (RFC 2045, 6.7)
    return message
