"""Parts that several letters have in common."""

from __future__ import annotations

from collections.abc import Iterator

from services.notifications.letters.foreign import Foreign
from services.notifications.letters.letter import Bill, Facts, Listing, Part, Said
from services.notifications.letters.stay import Stay
from services.notifications.letters.words import Words


def to_guest(words: Words, name: Foreign) -> Said:
    """How a guest is greeted: by name, unless that is a link in disguise, or nothing that can be seen."""
    if name.is_address or name.is_blank:
        return words.say("common.dear_guest")
    return words.say("common.dear_guest_by_name", guest=name)


def where_and_when(words: Words, stay: Stay) -> Facts:
    """What a guest needs to get there."""
    lines = [*(line.line for line in stay.address), *([words.country(stay.region)] if stay.region else [])]
    address = [(words.say("common.address"), Foreign(", ".join(lines)))]
    return Facts(
        [
            (words.say("common.hotel"), stay.hotel),
            *(address if lines else []),
            *_days_and_room(words, stay),
            (words.say("common.lead_guest"), stay.lead_guest),
            (words.say("common.code"), stay.code),
        ]
    )


def for_the_desk(words: Words, stay: Stay) -> Facts:
    """What a hotel needs to expect a guest."""
    return Facts(
        [
            (words.say("common.code"), stay.code),
            (words.say("common.lead_guest"), stay.lead_guest),
            *_days_and_room(words, stay),
            (words.say("common.booked"), words.instant(stay.booked, stay.time_zone)),
        ]
    )


def without_the_guest(words: Words, stay: Stay) -> Facts:
    """What may be shown to whoever has a link."""
    return Facts([(words.say("common.hotel"), stay.hotel), *_days_and_room(words, stay)])


def price(words: Words, stay: Stay) -> Bill:
    """What it costs, line by line."""
    return Bill(
        words.say("common.price"),
        [
            *((words.say("common.night_of", date=words.day(night)), words.money(cost)) for night, cost in stay.nights),
            *((tax, words.money(cost)) for tax, cost in stay.taxes),
        ],
        (words.say("common.total"), words.money(stay.total)),
    )


def cancellation(words: Words, stay: Stay) -> Part:
    """Until when to cancel, and what goes back then."""
    lines: list[Said] = []
    for deadline, percent in stay.deadlines:
        if percent:
            until = words.instant(deadline, stay.time_zone)
            lines.append(words.say("terms.until", deadline=until, percent=words.percent(percent)))
    if lines:
        lines.append(words.say("terms.after"))
    else:
        lines.append(words.say("terms.none") if stay.deadlines else words.say("terms.free"))
    return Listing(words.say("terms.heading"), lines)


def _days_and_room(words: Words, stay: Stay) -> Iterator[tuple[Said, Said]]:
    yield words.say("common.check_in"), words.day(stay.check_in)
    yield words.say("common.check_out"), words.day(stay.check_out)
    yield words.say("common.nights"), words.number((stay.check_out - stay.check_in).days)
    yield words.say("common.guests"), words.number(stay.guests)
    if stay.room is not None:
        yield words.say("common.room"), stay.room
    yield words.say("common.meals"), words.say(f"board.{stay.board}")
