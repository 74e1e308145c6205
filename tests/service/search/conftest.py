"""The search service with the hotels service that it asks for prices, and ways to fill both."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet

from chassis.dates import from_date, to_timestamp
from chassis.kit import utc_now
from chassis.storage.database import Database
from chassis.storage.migrate import migrate
from innkeeper.booking.v1.booking_events_pb2 import AvailabilityChanged
from innkeeper.events.v1.events_pb2 import DeliverEventRequest, Event
from innkeeper.events.v1.events_pb2_grpc import EventSinkServiceStub
from innkeeper.hotels.v1 import hotels_pb2
from innkeeper.hotels.v1.hotels_pb2_grpc import HotelsServiceStub
from innkeeper.search.v1 import search_pb2
from innkeeper.search.v1.search_pb2_grpc import SearchServiceStub
from services.search.names import NameFolding
from services.search.service import SERVICE, load_gazetteer
from tests.conftest import RunningPlatform, StartPlatform
from tests.service.hotels.requests import stream

NIGHT = date.fromordinal(utc_now().date().toordinal() + 30)
"""The check-in of searches that do not say another."""


def night(number: int) -> date:
    """So many days after the usual check-in."""
    return date.fromordinal(NIGHT.toordinal() + number)


def asking(check_in: date = NIGHT, nights: int = 2, guests: int = 2, **area: Any) -> search_pb2.SearchHotelsRequest:
    """A search, in Vienna where no area is given."""
    return search_pb2.SearchHotelsRequest(
        **({} if area.keys() & {"city", "place", "location"} else {"city": "Vienna"}),
        **area,
        check_in=from_date(check_in),
        check_out=from_date(date.fromordinal(check_in.toordinal() + nights)),
        guests=guests,
    )


@dataclass
class Search:
    """The search as the public sees it, and what other services tell it."""

    running: RunningPlatform
    public: SearchServiceStub
    sequence: int = 0

    async def list_hotels(self, *listings: hotels_pb2.HotelListing) -> None:
        """Puts hotels on the market, and waits until the search knows."""
        staff = self.running.stub(HotelsServiceStub, token=self.running.token(scopes=["hotels.write"]))
        answer = await staff.ImportHotels(stream(listings))
        assert not answer.refused_count, answer
        await self.running.settled()

    async def sell(self, room_type: str, sold: Mapping[date, int]) -> None:
        """Tells the search how many rooms are sold, as the booking service does."""
        self.sequence += 1
        changed = AvailabilityChanged(
            room_type=room_type,
            nights=[AvailabilityChanged.NightSales(date=from_date(day), sold=count) for day, count in sold.items()],
        )
        event_id = str(uuid4())
        event = Event(
            id=event_id,
            source="booking",
            aggregate=room_type,
            sequence=self.sequence,
            occur_time=to_timestamp(utc_now()),
        )
        event.payload.Pack(changed)
        sink = self.running.inside(EventSinkServiceStub, as_service="booking")
        await sink.DeliverEvent(DeliverEventRequest(event=event, request_id=event_id))

    async def names(self, request: search_pb2.SearchHotelsRequest) -> list[str]:
        """The hotels that a search finds, without `hotels/`."""
        answer = await self.public.SearchHotels(request)
        return [offer.hotel.removeprefix("hotels/") for offer in answer.offers]


@pytest.fixture(scope="session")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of the search service with nothing in it but the gazetteer, which takes seconds to load."""
    directory = tmp_path_factory.mktemp("gazetteer")
    database = Database.open("search", url="", directory=directory, seal=Fernet(Fernet.generate_key()))
    migrate(database, SERVICE.migrations, SERVICE.tables())
    asyncio.run(load_gazetteer(database, NameFolding()))
    database.close()
    return directory / "search.db"


@pytest.fixture
def with_gazetteer(gazetteer: Path, tmp_path: Path) -> None:
    """The platform starts with a database of the search service that has the gazetteer already."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    shutil.copy(gazetteer, data / "search.db")


@pytest.fixture
async def search(platform: StartPlatform, with_gazetteer: None) -> Search:
    running = await platform("hotels", "search")
    return Search(running=running, public=running.stub(SearchServiceStub))
