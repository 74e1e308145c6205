"""What a scope lets a client do, in words for the user."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "bookings.read": "See your bookings",
    "bookings.write": "Book, change and cancel stays for you",
    "notifications.read": "See what you are told about your bookings",
    "notifications.write": "Mark what you are told as read",
    "payments.read": "See what you have paid",
    "users.read": "See your name, birth date and e-mail address",
    "users.write": "Change your personal data and your password",
}


def in_words(scope: str) -> str:
    """What the scope means; the scope itself where nobody has said that yet."""
    return WORDS.get(scope, scope)
