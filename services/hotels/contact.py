"""How a hotel's own people are reached."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

SINGLETON = "/contact"
"""What the name of a hotel's only contact has after the hotel's (AIP-156)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A hotel's contact. Two are equal when they say the same, whatever their revisions.

    Every hotel has one; that of a hotel which has said nothing is empty, and of revision 0.
    """

    hotel: str
    email: str = ""
    fallback_email: str = ""
    language_code: str = ""
    revision: int = field(compare=False, default=0)

    @property
    def name(self) -> str:
        """The resource name."""
        return self.hotel + SINGLETON

    def revised(self, by: Contact) -> Contact:
        """The contact as `by` has it, one revision on; itself where that changes nothing."""
        return self if by == self else replace(by, revision=self.revision + 1)


def hotel_of(name: str) -> str:
    """The hotel whose contact has that name."""
    return name.removesuffix(SINGLETON)
