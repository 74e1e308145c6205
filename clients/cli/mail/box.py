"""Reads the mailbox directory."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Final, cast

from clients.cli.failure import Failure, Mistake

ENDING: Final = ".eml"
UNSAFE: Final = re.compile(r"[^\w .()+-]+")
"""What is in no name of a file that an attachment is saved to."""

UNPRINTED: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What a terminal would obey instead of showing it."""

SHORT: Final = 8
"""How many letters of an id are shown."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One mail in the directory."""

    id: str
    path: Path

    def message(self) -> EmailMessage:
        """The mail."""
        content = self.path.read_bytes()
        return email.message_from_bytes(content, policy=email.policy.default)


def stored(directory: Path) -> list[Stored]:
    """All mails that are there, the oldest first."""
    return [Stored(_id(path), path) for path in sorted(directory.glob(f"[!.]*{ENDING}"))]


def found(directory: Path, wanted: str) -> Stored:
    """The mail whose id begins so. Raises Failure where there is none, Mistake where there are several, or nothing is
    said."""
    if not wanted.strip():
        raise Mistake("an id is asked for, or its beginning: `innkeeper mail` lists the mails with theirs")
    mails = [mail for mail in stored(directory) if mail.id.startswith(wanted.lower())]
    if not mails:
        raise Failure(f"there is no mail {wanted} in {directory}: `innkeeper mail` lists those that there are")
    if len(mails) > 1:
        raise Mistake(f"{len(mails)} mails begin with {wanted}: give more of the id")
    return mails[0]


def save_attachments(message: EmailMessage, directory: Path) -> Iterator[Path]:
    """Writes the attachments, under their own names as far as those are names of files, and over none that is there."""
    directory.mkdir(parents=True, exist_ok=True)
    for number, part in enumerate(message.iter_attachments(), 1):
        name = UNSAFE.sub("_", Path(part.get_filename() or "").name).lstrip(".") or f"attachment-{number}"
        path, again = directory / name, 1
        while path.exists():
            again += 1
            path = directory / f"{Path(name).stem}-{again}{Path(name).suffix}"
        path.write_bytes(content_of(part))
        yield path


def content_of(part: EmailMessage) -> bytes:
    """What is attached; nothing where it is a mail with parts of its own."""
    return cast("bytes | None", part.get_payload(decode=True)) or b""


def header(message: EmailMessage, name: str) -> str:
    """A header in one line; empty where it is not there, or cannot be read."""
    try:
        return printable(" ".join(str(message[name] or "").split()))
    except (ValueError, LookupError):
        return ""


def time_of(message: EmailMessage) -> str:
    """When the mail was sent, in local time."""
    moment: datetime | None = getattr(message["Date"], "datetime", None)
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}" if moment else ""


def text_of(message: EmailMessage, *, html: bool) -> str:
    """What the mail says, as text or as HTML; empty where it says nothing in that way."""
    body = message.get_body(("html",) if html else ("plain",))
    return "" if body is None else printable(str(body.get_content()))


def printable(text: str) -> str:
    """The text without what a terminal would obey."""
    return UNPRINTED.sub("", text)


def _id(path: Path) -> str:
    return path.name.removesuffix(ENDING).rpartition("-")[2]
