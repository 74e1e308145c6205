"""Passwords that everybody tries first.

NIST SP 800-63B-4, section 3.1.1.2, wants a new password compared with those that are commonly used and with words of
the context, and asks for no mixture of character classes.
"""

from __future__ import annotations

from typing import Final

from chassis.refusal import InvalidField

SHORTEST_LOCAL_PART: Final = 4
"""Fewer letters before the @ than this occur in good passwords by chance."""

COMMON: Final = frozenset(
    {
        "0123456789",
        "0987654321",
        "1122334455",
        "1234512345",
        "123456789a",
        "123456789q",
        "1234567890",
        "12345678900",
        "1234567891",
        "12345678910",
        "123456789012",
        "1234567890a",
        "1234567890q",
        "123qweasdzxc",
        "147258369a",
        "1q2w3e4r5t",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "9876543210",
        "a123456789",
        "abcdefghij",
        "abc123456789",
        "administrator",
        "asdfghjkl1",
        "asdfghjkl;",
        "baseball123",
        "basketball",
        "changeme123",
        "charlie123",
        "football123",
        "iloveyou12",
        "iloveyou123",
        "letmein123",
        "letmein1234",
        "liverpool1",
        "manchester",
        "michael123",
        "p@ssw0rd123",
        "p@ssword123",
        "pa55word123",
        "passw0rd123",
        "password01",
        "password10",
        "password11",
        "password12",
        "password123",
        "password1234",
        "password12345",
        "password2024",
        "password2025",
        "password2026",
        "password2027",
        "passwordpassword",
        "princess123",
        "q1w2e3r4t5",
        "q1w2e3r4t5y6",
        "qazwsxedc123",
        "qazwsxedcrfv",
        "qwerasdfzxcv",
        "qwerty1234",
        "qwerty12345",
        "qwerty123456",
        "qwertyuiop",
        "qwertyuiop1",
        "qwertyuiop123",
        "qwertyuiop[]",
        "superman123",
        "welcome123",
        "welcome1234",
        "zaq12wsxcde3",
        "zxcvbnm123",
    }
)
"""In lower case, of ten characters and more: the contract refuses shorter ones before."""


class PasswordTooWeak(InvalidField):
    """The password is one of those that everybody tries first, or holds the account's own e-mail address."""

    reason = "PASSWORD_TOO_WEAK"


def check_password(password: str, email: str, field: str) -> None:
    """Raise PasswordTooWeak for a password that would not keep anybody out of the account of that address.

    `field` is where the request has the password.
    """
    folded, address = password.casefold(), email.casefold()
    local_part = address.split("@")[0]
    if folded in COMMON or len(set(folded)) == 1:
        raise PasswordTooWeak(field, "is among the first that everybody tries: choose another")
    if address in folded or (len(local_part) >= SHORTEST_LOCAL_PART and local_part in folded):
        raise PasswordTooWeak(field, "holds the account's e-mail address: choose another")
