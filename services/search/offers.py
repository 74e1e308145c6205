"""Which offers come first, and where a page of them ends."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from chassis.refusal import InvalidPageToken
from services.search.catalogue import Hotel

Place = tuple[bool, str, int, int, str]
"""Where in the order an offer stands: what is smaller comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A hotel's cheapest room that is free. `total` is in smallest units of the currency, `distance` in metres."""

    hotel: Hotel
    distance: int
    room_type: str
    rate_plan: str
    total: int
    currency: str
    free_rooms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Offers in the order in which they are shown: those in the currency that most hotels use, then the others.

    Of one currency the cheapest comes first, of one price the nearest.
    """

    offers: tuple[Offer, ...]
    currency: str

    @classmethod
    def of(cls, offers: Iterable[Offer]) -> Ranking:
        """Rank offers. Of two currencies used by as many hotels, the first by the alphabet counts as the usual one."""
        found = list(offers)
        uses = Counter(offer.currency for offer in found)
        currency = min(uses, key=lambda code: (-uses[code], code), default="")
        return cls(offers=tuple(sorted(found, key=lambda offer: _place(offer, currency))), currency=currency)

    def after(self, key: str | None) -> tuple[Offer, ...]:
        """The offers that come after a key, also where that offer itself is gone by now; all where it is None.

        Raises InvalidPageToken for what is no key.
        """
        if key is None:
            return self.offers
        last = _read(key)
        return tuple(offer for offer in self.offers if _place(offer, self.currency) > last)

    def key(self, offer: Offer) -> str:
        """Says where in the order the offer stands."""
        return json.dumps(_place(offer, self.currency))


def _read(key: str) -> Place:
    try:
        match json.loads(key):
            case [bool() as unusual, str() as currency, int() as total, int() as distance, str() as name]:
                return unusual, currency, total, distance, name
    except ValueError:
        pass
    raise InvalidPageToken


def _place(offer: Offer, usual: str) -> Place:
    return (offer.currency != usual, offer.currency, offer.total, offer.distance, offer.hotel.name)
