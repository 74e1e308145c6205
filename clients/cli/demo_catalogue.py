"""Fills an empty platform with made-up hotels, so that a first start has something to find."""

from __future__ import annotations

from chassis.platform import Platform
from clients.cli.taking_in import take_in
from innkeeper.hotels.v1.hotels_pb2 import ListHotelsRequest
from innkeeper.hotels.v1.hotels_pb2_grpc import HotelsServiceStub

UNFINISHED = "demo-catalogue-unfinished"
"""A file of this name in the data directory: the import was begun, and has not come to its end."""


async def load(platform: Platform) -> None:
    """Load as many made-up hotels as the settings say where there are none, or where that was interrupted before.

    Returns when they can be found by search; where a broker of events is away, before that.
    """
    count, unfinished = platform.settings.demo_hotels, platform.settings.data_dir / UNFINISHED
    if count and (unfinished.exists() or await _is_empty(platform)):
        # Only now: a start that finds hotels need not wait for what makes them up.
        from clients.catalogue.contact import with_contacts
        from clients.catalogue.demo import demo_listings

        unfinished.touch()
        await take_in(platform, with_contacts(demo_listings(hotels=count)), count)
        unfinished.unlink()
    if platform.transport.reached:
        await platform.settled()


async def _is_empty(platform: Platform) -> bool:
    return not (await platform.stub(HotelsServiceStub).ListHotels(ListHotelsRequest(page_size=1))).hotels
