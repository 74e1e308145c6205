"""Takes in a stream of listings: each checked by itself, many stored together."""

from __future__ import annotations

from collections.abc import AsyncIterator

from chassis.refusal import InvalidField, Refusal
from chassis.service import Clock
from chassis.storage.database import Database
from chassis.validation import check
from innkeeper.hotels.v1 import hotels_pb2
from services.hotels import changes
from services.hotels.changes import Incoming
from services.hotels.messages import to_contact, to_listing

BATCH = 100
"""Listings stored in one transaction: large enough to share its cost, small enough to let other writers in between."""

SHOWN = 100
"""Refused listings that the answer names."""


class Import:
    """One import, from its first listing to its answer."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._answer = hotels_pb2.ImportHotelsResponse()

    async def run(self, requests: AsyncIterator[hotels_pb2.ImportHotelsRequest]) -> hotels_pb2.ImportHotelsResponse:
        """What became of the listings. What was stored before a stream breaks off stays stored."""
        batch: list[Incoming] = []
        position = 0
        async for request in requests:
            position += 1
            try:
                check(request)
                batch.append(self._incoming(position, request))
            except Refusal as refusal:
                self._refuse(position, request.listing.hotel.name, refusal)
            if len(batch) == BATCH:
                await self._store(batch)
                batch = []
        await self._store(batch)
        return self._answer

    def _incoming(self, position: int, request: hotels_pb2.ImportHotelsRequest) -> Incoming:
        """What the request brings. Raises InvalidField, CurrencyMismatch."""
        listing = to_listing(request.listing, now=self._clock()).in_order()
        if not request.HasField("contact"):
            return Incoming(position, listing)
        contact = to_contact(request.contact, hotel=listing.hotel.name)
        if request.contact.name != contact.name:
            raise InvalidField("contact.name", f"must be {contact.name}")
        return Incoming(position, listing, contact)

    async def _store(self, batch: list[Incoming]) -> None:
        if not batch:
            return
        taken = await self._database.write(lambda session: changes.take(session, batch))
        self._answer.created_count += taken.created
        self._answer.updated_count += taken.updated
        self._answer.unchanged_count += taken.unchanged
        for incoming, refusal in taken.refused:
            self._refuse(incoming.position, incoming.listing.hotel.name, refusal)

    def _refuse(self, position: int, hotel: str, refusal: Refusal) -> None:
        self._answer.refused_count += 1
        if len(self._answer.refused) < SHOWN:
            self._answer.refused.add(position=position, hotel=hotel, message=str(refusal))
