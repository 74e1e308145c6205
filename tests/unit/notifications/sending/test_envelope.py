"""Mails as they go out, whatever people are called: no header that nobody meant, no line that is too long."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.mail import Mail
from services.notifications.sending.envelope import BadRecipient, Sealed, addressed, sealed

NOW = datetime(2026, 11, 21, 15, 9, 25, tzinfo=UTC)
URL = "https://innkeeper.example/unsubscribe/" + "a" * 160
SENDER = addressed("Hotels & Söhne, Wien", "desk@hotels.example")
MAIL = Mail.queue(
    kind="greeting",
    event="e-1",
    recipient="users/ada",
    user="users/ada",
    subject="bookings/b",
    due_time=NOW,
    now=NOW,
    domain="a-rather-long-name-of-a-hotel-company-that-sends-mails.hotels.example",
)


def letter(name: str = "Ada", address: str = "ada@guests.example", subject: str = "Hi", text: str = "Hi\n") -> Sealed:
    message = EmailMessage()
    message["To"] = addressed(name, address)
    message["Subject"] = subject
    message.set_content(text)
    return sealed(message, MAIL, SENDER, URL)


def read(content: bytes) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(content, policy=email.policy.default))


HOSTILE: list[Any] = [
    pytest.param("Ada\r\nBcc: eve@evil.example", id="a header of its own"),
    pytest.param("Ada\nBcc: eve@evil.example", id="a bare line feed"),
    pytest.param("Ada\rBcc: eve@evil.example", id="a bare carriage return"),
    pytest.param("Ada\x00\x0b\x0c\x1b[31m", id="control characters"),
    pytest.param('"Ada" <eve@evil.example>, Ada', id="another address"),
    pytest.param("Ada <eve@evil.example>", id="an address in the name"),
    pytest.param("eve@evil.example,", id="an address and a comma"),
    pytest.param('Ada\\" , eve@evil.example, "', id="escaped quotes"),
    pytest.param("Ada (comment", id="a comment without end"),
    pytest.param("=?utf-8?q?=0D=0ABcc:_eve@evil.example?=", id="an encoded word"),
    pytest.param("王小明, 李四; " * 9, id="lists in Chinese"),
    pytest.param("Ada\u2028Bcc: eve@evil.example\u2029", id="line separators"),
    pytest.param("\u202egnp.adA\u202c", id="directions"),
    pytest.param("Ἀρχιμήδης Συρακούσιος" * 10, id="a long name in Greek"),
    pytest.param("محمد بن عبد الله", id="Arabic"),
    pytest.param("x" * 5000, id="a name without end"),
    pytest.param("a, " * 60, id="commas"),
    pytest.param("", id="no name"),
    pytest.param("👩‍👩‍👧 🏳️‍🌈", id="pictures"),
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_nothing_but_a_name(name: str) -> None:
    made = letter(name)
    message = read(made.content)
    assert [to.addr_spec for to in message["To"].addresses] == ["ada@guests.example"] == [made.recipient]
    assert message["Bcc"] is None
    assert message["Cc"] is None
    assert set(message.keys()) <= {
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "To",
        "From",
        "Subject",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    }
    well_formed(made)


SUBJECTS: list[Any] = [
    pytest.param("=?utf-8?q?=0D=0ABcc:_eve@evil.example?=", id="an encoded word"),
    pytest.param("Hotel =?utf-8?b?DQpCY2M6IGV2ZQ==?= Wien", id="one in the midst"),
    pytest.param("=?utf-8?q?=3D?utf-8?q?=0D=0ABcc:_eve?=?=", id="one in another"),
    pytest.param("=?utf-8?q?=0D=0A=0D=0A<script>?=", id="a body of its own"),
    pytest.param("Hotel\x07\x1b[31m", id="control characters"),
    pytest.param("酒店" * 400, id="a long one"),
    pytest.param("x" * 3000, id="a long word"),
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_is_nothing_but_a_subject(subject: str) -> None:
    made = letter(subject=subject)
    message = read(made.content)
    assert (message["Bcc"], message["To"].addresses[0].addr_spec) == (None, "ada@guests.example")
    assert message.get_content().split() == ["Hi"]
    assert len(message.get_all("Subject", [])) == 1
    well_formed(made)


FILES = ["=?utf-8?q?=0D=0ABcc:_eve?=.pdf", 'a"; x="b.pdf', "réçu 收据.pdf", "x" * 500]


@pytest.mark.parametrize("name", FILES)
def test_the_name_of_an_attachment(name: str) -> None:
    message = EmailMessage()
    message["To"] = addressed("", "ada@guests.example")
    message["Subject"] = "Hi"
    message.set_content("Hi\n")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename=name)
    made = sealed(message, MAIL, SENDER)
    assert b"\r\nBcc" not in made.content
    (part,) = read(made.content).iter_attachments()
    assert part.get_content() == b"%PDF"
    well_formed(made)


@given(
    name=st.text(max_size=200),
    subject=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=200),
)
def test_any_name_and_subject(name: str, subject: str) -> None:
    made = letter(name.encode(errors="ignore").decode(), subject=subject)
    assert [to.addr_spec for to in read(made.content)["To"].addresses] == ["ada@guests.example"]
    well_formed(made)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "@guests.example",
        "ada@",
        "ada@guests.example, eve@evil.example",
        "ada@guests.example>",
        "<ada@guests.example>",
        "ada@guests.example\r\nRCPT TO:<eve@evil.example>",
        "ada @guests.example",
        '"a b"@guests.example',
        "ada@guests..example",
        "a\x00da@guests.example",
        "ada@" + "x" * 64 + ".example",
    ],
)
def test_no_address_that_mail_can_go_to(address: str) -> None:
    with pytest.raises(BadRecipient):
        letter(address=address)


def test_a_mail_to_two() -> None:
    message = EmailMessage()
    message["To"] = [addressed("", "ada@guests.example"), addressed("", "bob@guests.example")]
    with pytest.raises(BadRecipient):
        sealed(message, MAIL, SENDER)


def test_a_mail_to_nobody() -> None:
    with pytest.raises(BadRecipient):
        sealed(EmailMessage(), MAIL, SENDER)


def test_what_makes_it_this_mail_is_not_broken_into_lines() -> None:
    lines = letter().content.split(b"\r\n")
    assert f"Message-ID: {MAIL.message_id}".encode() in lines
    assert b"Date: Sat, 21 Nov 2026 15:09:25 +0000" in lines
    assert f"List-Unsubscribe: <{URL}>".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


def test_headers_that_are_not_the_composers() -> None:
    message = EmailMessage()
    message["To"] = addressed("", "ada@guests.example")
    message["From"] = "eve@evil.example"
    message["Message-ID"] = "<other@evil.example>"
    message["Bcc"] = "eve@evil.example"
    made = read(sealed(message, MAIL, SENDER).content)
    assert [made.get_all(name) for name in ("From", "Message-ID", "Bcc")] == [
        ['"Hotels & Söhne Wien" <desk@hotels.example>']
        if made["From"].startswith('"')
        else ["Hotels & Söhne Wien <desk@hotels.example>"],
        [MAIL.message_id],
        None,
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x" * 5000 + "\n", id="a line without end"),
        pytest.param("Grüß Gott 你好 " * 300, id="eight bits"),
        pytest.param(".\r\n..\r\n.hidden\n", id="dots"),
        pytest.param("From the hotel\n\rodd\rends\n", id="odd ends of lines"),
    ],
)
def test_any_text(text: str) -> None:
    made = letter(text=text)
    well_formed(made)
    body = cast(EmailMessage, read(made.content).get_body(("plain",)))
    assert body.get_content().split() == text.split()


def well_formed(made: Sealed) -> None:
    """RFC 5322 section 2.1.1: lines of up to 998 characters, each ended by CRLF, and nothing but ASCII."""
    assert made.content.isascii()
    assert made.content.count(b"\r") == made.content.count(b"\n") == made.content.count(b"\r\n")
    assert b"\x00" not in made.content
    assert max(map(len, made.content.split(b"\r\n"))) <= 998
