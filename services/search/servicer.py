"""The RPC of the search service."""

from __future__ import annotations

from chassis.dates import to_date
from chassis.money import to_minor
from chassis.paging import Page
from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from innkeeper.hotels.v1 import hotels_pb2, hotels_pb2_grpc
from innkeeper.search.v1 import search_pb2
from services.search import nearby, places
from services.search.gazetteer import Meaning, meaning
from services.search.geo import Point
from services.search.messages import offer_message, place_message
from services.search.names import NameFolding
from services.search.nearby import Nearby
from services.search.offers import Offer, Ranking
from services.search.stay import Stay

DEFAULT_RADIUS = 15_000


class SearchServicer:
    """Finds hotels in its own copy of the catalogue, and asks the hotels service for their prices."""

    def __init__(
        self, database: Database, clock: Clock, hotels: hotels_pb2_grpc.HotelsServiceStub, folded: NameFolding
    ) -> None:
        self._database = database
        self._clock = clock
        self._hotels = hotels
        self._folded = folded

    async def search_hotels(self, request: search_pb2.SearchHotelsRequest) -> search_pb2.SearchHotelsResponse:
        page, now = Page.of(request), self._clock()
        stay = Stay(check_in=to_date(request.check_in), check_out=to_date(request.check_out), guests=request.guests)
        stay.check_length()

        def work(session: Session) -> tuple[Meaning, list[Nearby]]:
            meant = self._area(session, request)
            place = meant.place
            if place is None and meant.candidates:
                return meant, []
            stay.check_start(now, place.time_zone if place else "")
            location = place or request.location
            centre = Point(location.latitude, location.longitude)
            return meant, nearby.find(session, centre, request.radius_meters or DEFAULT_RADIUS, stay, now)

        meant, found = await self._database.read(work)
        ranking = Ranking.of(await self._offers(found, request))
        following = ranking.after(page.after)
        shown, token = page.cut(following, ranking.key)
        return search_pb2.SearchHotelsResponse(
            offers=[offer_message(offer) for offer in shown],
            next_page_token=token,
            place=None if meant.place is None else place_message(meant.place),
            candidates=[place_message(place) for place in meant.candidates],
        )

    def _area(self, session: Session, request: search_pb2.SearchHotelsRequest) -> Meaning:
        """The city that the search is about, if it is about one."""
        if request.WhichOneof("area") == "city":
            found = places.matches(session, self._folded(request.city), request.region_code)
            return meaning(request.city, found)
        if request.WhichOneof("area") == "place":
            place_id = int(request.place.removeprefix("places/"))
            return Meaning(place=places.place(session, place_id), candidates=())
        return Meaning(place=None, candidates=())

    async def _offers(self, found: list[Nearby], request: search_pb2.SearchHotelsRequest) -> list[Offer]:
        """The cheapest free room of each hotel."""
        if not found:
            return []
        answer = await self._hotels.PriceStays(
            hotels_pb2.PriceStaysRequest(
                hotels=[near.vacancy.hotel.name for near in found],
                check_in=request.check_in,
                check_out=request.check_out,
                guests=request.guests,
            )
        )
        by_name = {near.vacancy.hotel.name: near for near in found}
        offers = (_cheapest(by_name[prices.hotel], prices) for prices in answer.hotels)
        return [offer for offer in offers if offer is not None]


def _cheapest(near: Nearby, prices: hotels_pb2.HotelPrices) -> Offer | None:
    """The first price, they come cheapest first, whose room type is free."""
    free_rooms = near.vacancy.free_rooms
    for price in prices.prices:
        if price.room_type in free_rooms:
            return Offer(
                hotel=near.vacancy.hotel,
                distance=near.distance,
                room_type=price.room_type,
                rate_plan=price.rate_plan,
                total=to_minor(price.total),
                currency=price.total.currency_code,
                free_rooms=free_rooms[price.room_type],
            )
    return None
