"""A subject as it goes out: the reader has it as it was written, whatever is in it and however long it is."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default

import pytest

from services.notifications.composing.outgoing import message_to
from services.notifications.letters.rendering import Rendered
from services.notifications.mail import Mail
from services.notifications.sending.envelope import addressed, sealed

NOW = datetime(2027, 4, 1, 12, tzinfo=UTC)
MAIL = Mail.queue(
    kind="welcome",
    event="e",
    recipient="users/ada",
    user="users/ada",
    subject="users/ada",
    due_time=NOW,
    now=NOW,
    domain="example.com",
)


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param("Welcome to Innkeeper", id="short"),
        pytest.param("Reserva confirmada: Addis Ababa Pear Tree Hotel, 21 de dezembro de 2026", id="a-line-and-a-bit"),
        pytest.param("Reserva confirmada: Café da Praça, 21 de dezembro de 2026", id="with-accents"),
        pytest.param(f"预订已确认：{'酒店' * 40}，2027年5月1日", id="chinese-and-long"),
        pytest.param("Confirmed: فندق الشرق, May 1, 2027", id="from-right-to-left"),
        pytest.param(f"Confirmed: {'x' * 150}, May 1, 2027", id="a-very-long-word"),
        pytest.param(f"Confirmed: {'very ' * 30}long", id="many-words"),
    ],
)
def test_it_is_read_as_it_was_written(subject: str) -> None:
    message = message_to("ada@example.com", Rendered(subject, "text", "<p>text</p>"))
    content = sealed(message, MAIL, addressed("Innkeeper", "desk@example.com")).content
    read = email.message_from_bytes(content, policy=default)
    assert isinstance(read, EmailMessage)
    assert read["Subject"] == subject
    assert read.get_all("Subject") == [subject]
    lines = content.split(b"\r\n\r\n")[0].split(b"\r\n")
    assert all(len(line) <= 78 and line.strip() != b"Subject:" for line in lines)
