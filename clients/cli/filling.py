"""Fills an empty platform of several processes with made-up hotels, as `clients.cli.demo_catalogue` does for one in
this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import grpc

from chassis.dates import from_date
from chassis.settings import Settings
from clients.cli import running
from clients.cli.access import ClientToken
from clients.cli.demo_catalogue import UNFINISHED
from clients.cli.failure import Failure
from clients.cli.prompt.remote import Remote
from clients.cli.taking_in import requests
from clients.cli.whereabouts import Place
from innkeeper.hotels.v1 import hotels_pb2
from innkeeper.hotels.v1.hotels_pb2 import HotelListing
from innkeeper.search.v1 import search_pb2

HOTELS = hotels_pb2.DESCRIPTOR.services_by_name["HotelsService"]
SEARCH = search_pb2.DESCRIPTOR.services_by_name["SearchService"]

FOUND_WITHIN = 60.0
"""Seconds that search may take to hear of the last hotel."""

ANSWERED_WITHIN = 30.0
"""Seconds after which a call that was not answered in time is not made again."""

LATE = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)


def fill(settings: Settings) -> None:
    """Load as many made-up hotels as the settings say where there are none, or where that was interrupted before.

    Returns when they can be found by search.
    """
    unfinished = settings.data_dir / UNFINISHED
    with running.connected(Place(address=settings.registry, registry=True)) as channel:
        token = ClientToken(channel, running.secret_of(settings.data_dir))
        hotels: Any = Remote(HOTELS, channel, token, comments={})
        if not unfinished.exists() and _insisted(lambda: hotels.ListHotels(page_size=1)).hotels:
            return
        # Only now: a start that finds hotels need not wait for what makes them up.
        from clients.catalogue.contact import with_contacts
        from clients.catalogue.demo import demo_listings

        listings = list(demo_listings(hotels=settings.demo_hotels))
        unfinished.touch()
        _insisted(lambda: hotels.ImportHotels(requests(with_contacts(listings), len(listings))))
        _wait_until_found(listings[-1], Remote(SEARCH, channel, token, comments={}))
        unfinished.unlink()


def _insisted(call: Callable[[], Any]) -> Any:
    """What the call answers, made again while services that have just started do not find each other in time; each may
    be repeated. Raises grpc.RpcError."""
    until = time.monotonic() + ANSWERED_WITHIN
    while True:
        try:
            return call()
        except grpc.RpcError as error:
            if cast(grpc.Call, error).code() not in LATE or time.monotonic() > until:
                raise
        time.sleep(0.5)


def _wait_until_found(last: HotelListing, search: Any) -> None:
    """Events come in order, so that whoever has heard of the last hotel knows all. Raises Failure, grpc.RpcError."""
    arrival = datetime.now(UTC).date() + timedelta(days=2)  # not before today, wherever the hotel is
    nearby = {"location": last.hotel.location, "radius_meters": 1000, "guests": 1, "page_size": 1000}
    stay = {"check_in": from_date(arrival), "check_out": from_date(arrival + timedelta(days=1))}
    until = time.monotonic() + FOUND_WITHIN
    while time.monotonic() < until:
        answer = _insisted(lambda: search.SearchHotels(**nearby, **stay))
        if any(offer.hotel == last.hotel.name for offer in answer.offers):
            return
        time.sleep(0.1)
    raise Failure(f"search has not heard of {last.hotel.name} within {FOUND_WITHIN:g} s")
