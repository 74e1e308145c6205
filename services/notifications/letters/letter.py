"""What a mail says, before it is text or HTML: both are made of the same parts, so that they cannot differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from services.notifications.letters.foreign import Foreign
from services.notifications.letters.phrase import Phrase

Said = Phrase | Foreign | str
"""A sentence of ours, words from outside, or an amount or a date as the language writes it."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Something said."""

    part: ClassVar = "paragraph"
    said: Said


@dataclass(frozen=True, slots=True)
class Facts:
    """What somebody looks up: pairs of what it is, and how it is."""

    part: ClassVar = "facts"
    rows: Sequence[tuple[Said, Said]]


@dataclass(frozen=True, slots=True)
class Bill:
    """Amounts, line by line, and what they come to. `total` is the last line."""

    part: ClassVar = "bill"
    heading: Said
    lines: Sequence[tuple[Said, str]]
    total: tuple[Said, str]


@dataclass(frozen=True, slots=True)
class Listing:
    """Sentences under a heading."""

    part: ClassVar = "listing"
    heading: Said
    lines: Sequence[Said]


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do, behind a link."""

    part: ClassVar = "action"
    label: Said
    url: str


@dataclass(frozen=True, slots=True)
class Link:
    """Something to look at, behind a link."""

    part: ClassVar = "link"
    label: Said
    url: str


Part = Paragraph | Facts | Bill | Listing | Action | Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail in one language (BCP 47)."""

    language: str
    subject: Phrase
    title: Said
    greeting: Said
    parts: Sequence[Part]
    closing: Said
    reason: Said
    """Why this comes: the small print."""
