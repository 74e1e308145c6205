"""Marks: text of its own for every field that holds personal data, by which it is found wherever it went."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Final

from google.type.date_pb2 import Date

from innkeeper.options.v1 import options_pb2
from tests.contract.declared import IMAGE

PERSONAL: Final = frozenset(
    f"{name}.{field.name}"
    for name, message in IMAGE.messages().items()
    for field in message.field
    if field.options.Extensions[options_pb2.personal]
)
"""Every field that the contracts mark, by its full name."""

NOT_OF_A_USER: Final[Mapping[str, str]] = {
    "innkeeper.hotels.v1.HotelContact.email": "a hotel's, not a user's",
    "innkeeper.hotels.v1.HotelContact.fallback_email": "a hotel's, not a user's",
    "innkeeper.users.v1.User.age": "made of the birth date whenever it is asked for",
    "innkeeper.documents.v1.Party.name": "the guest's, on the receipt: `documents` keeps nothing",
    "innkeeper.documents.v1.Party.address": "nobody's yet: no user has an address",
    "innkeeper.documents.v1.Party.tax_id": "nobody's yet: no user has one",
    "innkeeper.documents.v1.RenderDocumentResponse.data": "the receipt itself: `documents` keeps nothing",
    "innkeeper.privacy.v1.ExportPersonalDataResponse.content": "all of the others",
}
"""Those that no request of a user fills, and why."""

BIRTH: Final = "innkeeper.users.v1.User.birth_date"


class Marks:
    """The marks of one person, and which of them were used.

    Args:
        person: Makes them other than anybody else's: small letters and digits.
        born: The year of birth.
    """

    def __init__(self, person: str, born: int) -> None:
        self._person = person
        self.birth_date = Date(year=born, month=7, day=19)
        self.used: dict[str, list[str]] = {}

    def text(self, field: str, version: str = "") -> str:
        """The mark for a field of text."""
        assert field in PERSONAL, field
        message, name = field.split(".")[-2:]
        mark = f"zq{self._person}{message}{name.replace('_', '')}{version}qz".lower()
        self.used.setdefault(field, []).append(mark)
        return mark

    def email(self, field: str, version: str = "") -> str:
        """The mark for an address."""
        return f"{self.text(field, version)}@example.org"

    def card(self, field: str) -> str:
        """The mark for a card."""
        return f"tok_{self.text(field)}"

    def born(self) -> Date:
        """The mark for the birth date."""
        self.used[BIRTH] = [f"{self.birth_date.year}-07-19"]
        return self.birth_date

    def traces(self) -> Iterator[tuple[str, bytes]]:
        """Each mark with what it may look like in a file: as it is, encoded, or hashed."""
        for marks in self.used.values():
            for mark in marks:
                for trace in _looks(mark):
                    yield mark, trace
        yield "birth date, as protobuf writes it", self.birth_date.SerializeToString()


def _looks(mark: str) -> Iterator[bytes]:
    plain = mark.encode()
    yield from (plain, plain.upper(), mark.title().encode(), mark.encode("utf-16-le"), plain.hex().encode())
    for before in range(3):  # base64 of the mark looks different at each place in a group of three
        encoded = b64encode(b"\0" * before + plain).rstrip(b"=")
        yield encoded[4 if before else 0 : -2]
    for kept in (plain, f"{mark}@example.org".encode(), f"tok_{mark}".encode()):
        digest = hashlib.sha256(kept).digest()
        yield from (digest, digest.hex().encode())
