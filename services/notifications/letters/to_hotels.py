"""The letters to hotels, and the page behind the link in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.notifications.letters.letter import Action, Letter, Paragraph, Part, Said
from services.notifications.letters.parts import for_the_desk, without_the_guest
from services.notifications.letters.stay import Stay
from services.notifications.letters.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a hotel reads behind the link. `action` is None where there is nothing to do any more."""

    title: Said
    text: Said
    action: Said | None
    facts: list[tuple[Said, Said]]


def booked(words: Words, stay: Stay, *, acknowledge: str, minutes: int, second_address: bool) -> Letter:
    """A new booking, to be acknowledged by a link. Of the second address it speaks where there is one."""
    why = [Paragraph(words.say("hotel_booked.why", minutes=words.number(minutes)))] if second_address else []
    return _to_hotel(
        words,
        stay,
        "hotel_booked",
        "reason.hotel",
        Paragraph(words.say("hotel_booked.intro")),
        for_the_desk(words, stay),
        Action(words.say("hotel_booked.acknowledge"), acknowledge),
        *why,
    )


def booked_again(words: Words, stay: Stay, *, acknowledge: str, minutes: int) -> Letter:
    """A booking that nobody has acknowledged, to the second address."""
    return _to_hotel(
        words,
        stay,
        "hotel_again",
        "reason.hotel_fallback",
        Paragraph(words.say("hotel_again.intro", minutes=words.number(minutes))),
        for_the_desk(words, stay),
        Action(words.say("hotel_again.acknowledge"), acknowledge),
    )


def cancelled(words: Words, stay: Stay) -> Letter:
    """A booking was called off."""
    intro = Paragraph(words.say("hotel_cancelled.intro", code=stay.code))
    return _to_hotel(words, stay, "hotel_cancelled", "reason.hotel", intro, for_the_desk(words, stay))


def page(words: Words, stay: Stay, *, acknowledged: datetime | None, stands: bool) -> Page:
    """The page of a booking that may have been acknowledged, and may not stand any more."""
    if acknowledged is not None:
        text, action = words.say("notice.done", when=words.instant(acknowledged, stay.time_zone)), None
    elif not stands:
        text, action = words.say("notice.cancelled"), None
    else:
        text, action = words.say("notice.ask"), words.say("notice.button")
    return Page(
        title=words.say("notice.title", code=stay.code),
        text=text,
        action=action,
        facts=list(without_the_guest(words, stay).rows),
    )


def _to_hotel(words: Words, stay: Stay, section: str, reason: str, *parts: Part) -> Letter:
    subject = words.say(f"{section}.subject", code=stay.code, check_in=words.short_day(stay.check_in))
    return Letter(
        language=words.language,
        subject=subject,
        title=words.say(f"{section}.title"),
        greeting=words.say("common.dear_hotel", hotel=stay.hotel),
        parts=parts,
        closing=words.say("common.closing"),
        reason=words.say(reason, hotel=stay.hotel),
    )
