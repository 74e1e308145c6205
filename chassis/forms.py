"""What texts look like that match the patterns of the contracts, in words: a regular expression is for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ID: Final = "[a-z0-9][a-z0-9-]{0,62}"
"""The last segment of most resource names (AIP-122), as the contracts write it."""

_ID: Final = "1 to 63 letters a-z, digits and dashes, the first no dash"
_NAME: Final = "1 to 63 letters a-z, digits and dashes, the first a letter"
_GIVEN: Final = "must be as it was given out: of letters, digits and"
_LANGUAGE: Final = (
    "[A-Za-z]{2,3}(-[A-Za-z]{3}){0,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
    "(-[0-9A-WY-Za-wy-z](-[A-Za-z0-9]{2,8})+)*(-[xX](-[A-Za-z0-9]{1,8})+)?"
)
_PATH: Final = r"[A-Za-z0-9._~:/?@!\x24&'()*+,;=%-]*"
_REDIRECT: Final = (
    rf"(https://[a-z0-9.-]+(:[0-9]{{1,5}})?(/{_PATH})?|http://(127\.0\.0\.1|\[::1\])(:[0-9]{{1,5}})?(/{_PATH})?"
    rf"|[a-z][a-z0-9-]*(\.[a-z0-9-]+)+:/{_PATH})"
)

WORDS: Final[Mapping[str, str]] = {
    ID: f"must be {_ID}",
    "[a-z][a-z0-9-]{0,62}": f"must be the name of a service: {_NAME}",
    "([a-z][a-z0-9-]{0,62})?": f"must be empty or the name of a service: {_NAME}",
    "[a-z0-9][a-z0-9.-]{0,31}": "must be 1 to 32 letters a-z, digits, dots and dashes, the first a letter or digit",
    f"[a-z]+/{ID}": f"must have the form {{collection}}/{{id}}, such as users/ada, the id of {_ID}",
    f"(users|clients)/{ID}": f"must have the form users/{{id}} or clients/{{id}}, the id of {_ID}",
    "links/[0-9A-Za-z]{8}": "must have the form links/{id}, the id of 8 letters and digits",
    "places/[0-9]{1,12}": "must have the form places/{id}, the id of 1 to 12 digits",
    r"[^\x00-\x1F\x7F]*": "must have no control characters, such as line breaks",
    r"[^\x00-\x1F\x7F]*[^\x00-\x20\x7F-\xA0][^\x00-\x1F\x7F]*": (
        "must have a character that can be seen, and no control characters, such as line breaks"
    ),
    r"[\x21-\x7E]*": "must be of visible ASCII characters, without spaces",
    "[A-Za-z0-9_.=-]*": f"{_GIVEN} _.=-",
    "[A-Za-z0-9_.-]*": f"{_GIVEN} _.-",
    "[A-Za-z0-9_-]*": f"{_GIVEN} _-",
    "[A-Za-z0-9._~-]{43,128}": "must be 43 to 128 letters, digits and ._~- (RFC 7636, section 4.1)",
    "[A-Za-z0-9-]*": "must be of letters, digits and dashes",
    "[A-Za-z0-9./-]*": "must be of letters, digits and ./-",
    "[A-Za-z0-9_+/-]*": "must be the name of a time zone in the IANA database, such as Europe/Vienna",
    "[A-Z]{2}": "must be a country code of ISO 3166-1: two capitals, such as AT",
    "[A-Z]{3}": "must be a currency code of ISO 4217: three capitals, such as EUR",
    _LANGUAGE: "must be a language tag (BCP 47), such as en or pt-BR",
    r"[a-z]+(\.[a-z]+)*": "must be words of letters a-z with dots between, such as booking.read",
    r"https?://[\x21-\x5B\x5D-\x7E]*": r"must be a URL by https:// or http://, without spaces and \ in it",
    _REDIRECT: (
        "must be a URL by https, by http on 127.0.0.1 or [::1], or in an app's own scheme such as org.example.app:/done"
        " (RFC 8252, section 7)"
    ),
    r"([245][0-9]{2})?( ?[245]\.[0-9]{1,3}\.[0-9]{1,3})?": "must be codes of SMTP, such as 550 5.1.1",
    "[0-9a-f-]*": "must be a traceparent (W3C Trace Context)",
    "[0-9a-f]{64}": "must be a SHA-256: 64 digits 0-9 and a-f",
    "[A-Z][A-Za-z0-9]{0,62}": "must be the name of a method without that of its service, such as GetHotel",
}
"""Of each pattern, without `^` and `$`, what is right. Those of resource names need no words of their own."""


def asked(pattern: str) -> str:
    """What a text must be to match; where there are no words for that, the pattern itself."""
    bare = pattern.removeprefix("^").removesuffix("$")
    if words := WORDS.get(bare):
        return words
    form = bare.replace(ID, "{id}")
    if form.replace("{id}", "").replace("/", "").isalpha():
        return f"must have the form {form}, {'each' if form.count('{id}') > 1 else 'the'} id of {_ID}"
    return f"must match {pattern}"
