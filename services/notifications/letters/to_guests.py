"""The letters to guests."""

from __future__ import annotations

from services.notifications.letters.foreign import Foreign
from services.notifications.letters.letter import Letter, Paragraph, Part, Said
from services.notifications.letters.parts import cancellation, price, to_guest, where_and_when
from services.notifications.letters.stay import Money, Stay
from services.notifications.letters.words import Words


def confirmed(words: Words, stay: Stay) -> Letter:
    """A booking is certain."""
    match stay.money:
        case Money.FREE:
            paid = words.say("confirmed.nothing_to_pay")
        case Money.TAKEN:
            paid = words.say("confirmed.paid", amount=words.money(stay.total))
        case _:
            paid = words.say("confirmed.unpaid", amount=words.money(stay.total))
    return _about_booking(
        words,
        stay,
        "confirmed",
        Paragraph(words.say("confirmed.intro", hotel=stay.hotel, code=stay.code)),
        Paragraph(paid),
        where_and_when(words, stay),
        price(words, stay),
        cancellation(words, stay),
    )


def cancelled(words: Words, stay: Stay) -> Letter:
    """A booking was called off; what becomes of the money."""
    match stay.money:
        case Money.FREE:
            money = words.say("cancelled.nothing_to_refund")
        case Money.GIVEN_BACK:
            money = words.say("cancelled.refunded", amount=words.money(stay.refunded))
        case Money.LET_GO:
            money = words.say("cancelled.released")
        case _:
            money = words.say("cancelled.refund_due", amount=words.money(stay.total))
    intro = words.say(
        "cancelled.intro",
        code=stay.code,
        hotel=stay.hotel,
        check_in=words.day(stay.check_in),
        check_out=words.day(stay.check_out),
    )
    return _about_booking(words, stay, "cancelled", Paragraph(intro), Paragraph(money))


def receipt(words: Words, stay: Stay) -> Letter:
    """Money has moved, after the mail about the booking was written."""
    if stay.money is Money.GIVEN_BACK:
        intro = words.say("receipt.refunded", amount=words.money(stay.refunded), code=stay.code)
    else:
        intro = words.say("receipt.paid", amount=words.money(stay.total), code=stay.code)
    return _about_booking(words, stay, "receipt", Paragraph(intro), where_and_when(words, stay))


def failed(words: Words, stay: Stay, *, refused: bool) -> Letter:
    """Nothing was booked: the bank refused, or did not answer in time."""
    section = "failed" if refused else "expired"
    intro = words.say(
        f"{section}.intro",
        hotel=stay.hotel,
        check_in=words.day(stay.check_in),
        check_out=words.day(stay.check_out),
        amount=words.money(stay.total),
    )
    charged = words.say(f"{section}.charged")
    again = words.say(f"{section}.again")
    reason = words.say("reason.attempt")
    return _about_booking(words, stay, section, *map(Paragraph, (intro, charged, again)), reason=reason)


def reminder(words: Words, stay: Stay) -> Letter:
    """A stay begins soon."""
    intro = words.say("reminder.intro", hotel=stay.hotel, check_in=words.day(stay.check_in), code=stay.code)
    reason = words.say("reason.reminder", code=stay.code)
    return _about_booking(
        words,
        stay,
        "reminder",
        Paragraph(intro),
        where_and_when(words, stay),
        cancellation(words, stay),
        reason=reason,
    )


def welcome(words: Words, name: Foreign) -> Letter:
    """Somebody has an account now."""
    return Letter(
        language=words.language,
        subject=words.say("welcome.subject"),
        title=words.say("welcome.title"),
        greeting=to_guest(words, name),
        parts=[Paragraph(words.say("welcome.intro")), Paragraph(words.say("welcome.not_you"))],
        closing=words.say("common.closing"),
        reason=words.say("reason.account"),
    )


def _about_booking(words: Words, stay: Stay, section: str, *parts: Part, reason: Said | None = None) -> Letter:
    return Letter(
        language=words.language,
        subject=words.say(f"{section}.subject", hotel=stay.hotel, check_in=words.short_day(stay.check_in)),
        title=words.say(f"{section}.title"),
        greeting=to_guest(words, stay.lead_guest),
        parts=parts,
        closing=words.say("common.closing"),
        reason=reason or words.say("reason.booking", code=stay.code),
    )
