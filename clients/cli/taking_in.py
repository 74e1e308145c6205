"""Streams hotels into the catalogue, with a bar that shows how far it is."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterable, Iterator

from chassis.platform import Platform
from chassis.security.service_clients import CLI
from clients.cli.output import progress
from innkeeper.hotels.v1.hotels_pb2 import ImportHotelsRequest, ImportHotelsResponse
from innkeeper.hotels.v1.hotels_pb2_grpc import HotelsServiceStub

TITLE = "hotels"


def requests(hotels: Iterable[ImportHotelsRequest], total: int | None) -> Iterator[ImportHotelsRequest]:
    """The hotels, each under a request id of its own; the bar moves as they are taken."""
    with progress(TITLE, total) as advance:
        for hotel in hotels:
            hotel.request_id = str(uuid.uuid4())
            yield hotel
            advance()


async def take_in(platform: Platform, hotels: Iterable[ImportHotelsRequest], total: int | None) -> ImportHotelsResponse:
    """Bring the hotels to the hotels service of a platform in this process."""

    async def stream() -> AsyncIterator[ImportHotelsRequest]:
        for request in requests(hotels, total):
            yield request

    return await platform.stub(HotelsServiceStub, as_client=CLI).ImportHotels(stream())
