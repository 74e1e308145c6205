"""The RPCs of the hotels service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

from chassis.dates import to_date
from chassis.etag import require_etag
from chassis.paging import Page
from chassis.refusal import InvalidField
from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from chassis.update_mask import merged
from chassis.validation import check
from innkeeper.hotels.v1 import contacts_pb2, hotels_pb2
from services.hotels import changes, contacts, store
from services.hotels.contact import hotel_of
from services.hotels.importing import Import
from services.hotels.messages import (
    contact_message,
    hotel_message,
    rate_plan_message,
    room_type_message,
    to_contact,
    to_hotel,
    to_rate_plan,
    to_room_type,
)
from services.hotels.price_messages import PriceMessages
from services.hotels.pricing import Stay
from services.hotels.stays import price_stays


class HotelsServicer:
    """Keeps the catalogue in a database, and prices stays from it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create_hotel(self, request: hotels_pb2.CreateHotelRequest) -> hotels_pb2.Hotel:
        name = f"hotels/{request.hotel_id or uuid4()}"
        hotel = to_hotel(request.hotel, name=name, now=self._clock(), path="hotel")

        def work(session: Session) -> hotels_pb2.Hotel:
            changes.add(session, hotel)
            return hotel_message(hotel)

        return await self._database.command(work)

    async def get_hotel(self, request: hotels_pb2.GetHotelRequest) -> hotels_pb2.Hotel:
        return hotel_message(await self._database.read(lambda session: store.hotel(session, request.name)))

    async def list_hotels(self, request: hotels_pb2.ListHotelsRequest) -> hotels_pb2.ListHotelsResponse:
        page = Page.of(request)
        hotels = await self._database.read(
            lambda session: store.hotels(session, after=page.after, limit=page.lookahead)
        )
        shown, token = page.cut(hotels, lambda hotel: hotel.name)
        return hotels_pb2.ListHotelsResponse(
            hotels=[hotel_message(hotel) for hotel in shown],
            next_page_token=token,
        )

    async def update_hotel(self, request: hotels_pb2.UpdateHotelRequest) -> hotels_pb2.Hotel:
        def work(session: Session) -> hotels_pb2.Hotel:
            current = store.hotel(session, request.hotel.name)
            require_etag(current, request.hotel.etag)
            wanted = merged(hotel_message(current), request.hotel, request.update_mask)
            check(wanted, at="hotel")
            by = to_hotel(wanted, name=current.name, now=self._clock(), path="hotel")
            changed = current.revised(by, "hotel")
            changes.put(session, changed, current)
            return hotel_message(changed)

        return await self._database.command(work)

    async def get_hotel_contact(self, request: contacts_pb2.GetHotelContactRequest) -> contacts_pb2.HotelContact:
        return await self._contact(hotel_of(request.name))

    async def update_hotel_contact(self, request: contacts_pb2.UpdateHotelContactRequest) -> contacts_pb2.HotelContact:
        def work(session: Session) -> contacts_pb2.HotelContact:
            current = contacts.of_hotel(session, hotel_of(request.contact.name))
            require_etag(current, request.contact.etag)
            wanted = merged(contact_message(current), request.contact, request.update_mask)
            changed = current.revised(to_contact(wanted, hotel=current.hotel))
            if changed != current:
                contacts.put(session, [changed])
            return contact_message(changed)

        return await self._database.command(work)

    async def create_room_type(self, request: hotels_pb2.CreateRoomTypeRequest) -> hotels_pb2.RoomType:
        name = f"{request.parent}/roomTypes/{request.room_type_id or uuid4()}"
        room_type = to_room_type(request.room_type, name=name, path="room_type")

        def work(session: Session) -> hotels_pb2.RoomType:
            changes.add(session, room_type)
            return room_type_message(room_type)

        return await self._database.command(work)

    async def get_room_type(self, request: hotels_pb2.GetRoomTypeRequest) -> hotels_pb2.RoomType:
        return room_type_message(await self._database.read(lambda session: store.room_type(session, request.name)))

    async def list_room_types(self, request: hotels_pb2.ListRoomTypesRequest) -> hotels_pb2.ListRoomTypesResponse:
        page = Page.of(request)
        room_types = await self._database.read(
            lambda session: store.room_types(session, request.parent, after=page.after, limit=page.lookahead)
        )
        shown, token = page.cut(room_types, lambda part: part.name)
        return hotels_pb2.ListRoomTypesResponse(
            room_types=[room_type_message(room_type) for room_type in shown],
            next_page_token=token,
        )

    async def update_room_type(self, request: hotels_pb2.UpdateRoomTypeRequest) -> hotels_pb2.RoomType:
        def work(session: Session) -> hotels_pb2.RoomType:
            current = store.room_type(session, request.room_type.name)
            require_etag(current, request.room_type.etag)
            wanted = merged(room_type_message(current), request.room_type, request.update_mask)
            check(wanted, at="room_type")
            changed = current.revised(to_room_type(wanted, name=current.name, path="room_type"))
            changes.put(session, changed, current)
            return room_type_message(changed)

        return await self._database.command(work)

    async def create_rate_plan(self, request: hotels_pb2.CreateRatePlanRequest) -> hotels_pb2.RatePlan:
        name = f"{request.parent}/ratePlans/{request.rate_plan_id or uuid4()}"

        def work(session: Session) -> hotels_pb2.RatePlan:
            currency = store.hotel(session, request.parent).currency_code
            plan = to_rate_plan(request.rate_plan, name=name, currency=currency, path="rate_plan")
            changes.add(session, plan)
            return rate_plan_message(plan, currency)

        return await self._database.command(work)

    async def get_rate_plan(self, request: hotels_pb2.GetRatePlanRequest) -> hotels_pb2.RatePlan:
        def work(session: Session) -> hotels_pb2.RatePlan:
            plan = store.rate_plan(session, request.name)
            return rate_plan_message(plan, store.hotel(session, plan.hotel).currency_code)

        return await self._database.read(work)

    async def list_rate_plans(self, request: hotels_pb2.ListRatePlansRequest) -> hotels_pb2.ListRatePlansResponse:
        page = Page.of(request)

        def work(session: Session) -> hotels_pb2.ListRatePlansResponse:
            currency = store.hotel(session, request.parent).currency_code
            plans = store.rate_plans(session, request.parent, after=page.after, limit=page.lookahead)
            shown, token = page.cut(plans, lambda plan: plan.name)
            return hotels_pb2.ListRatePlansResponse(
                rate_plans=[rate_plan_message(plan, currency) for plan in shown],
                next_page_token=token,
            )

        return await self._database.read(work)

    async def update_rate_plan(self, request: hotels_pb2.UpdateRatePlanRequest) -> hotels_pb2.RatePlan:
        def work(session: Session) -> hotels_pb2.RatePlan:
            current = store.rate_plan(session, request.rate_plan.name)
            require_etag(current, request.rate_plan.etag)
            currency = store.hotel(session, current.hotel).currency_code
            wanted = merged(rate_plan_message(current, currency), request.rate_plan, request.update_mask)
            check(wanted, at="rate_plan")
            if wanted.room_type != current.room_type:
                raise InvalidField("rate_plan.room_type", f"cannot change, and is {current.room_type}")
            changed = current.revised(to_rate_plan(wanted, name=current.name, currency=currency, path="rate_plan"))
            changes.put(session, changed, current)
            return rate_plan_message(changed, currency)

        return await self._database.command(work)

    async def import_hotels(
        self, requests: AsyncIterator[hotels_pb2.ImportHotelsRequest]
    ) -> hotels_pb2.ImportHotelsResponse:
        return await Import(self._database, self._clock).run(requests)

    async def price_stays(self, request: hotels_pb2.PriceStaysRequest) -> hotels_pb2.PriceStaysResponse:
        stay = Stay(check_in=to_date(request.check_in), check_out=to_date(request.check_out), guests=request.guests)

        def work(session: Session) -> hotels_pb2.PriceStaysResponse:
            messages = PriceMessages()
            priced = price_stays(session, request.hotels, stay)
            return hotels_pb2.PriceStaysResponse(hotels=[messages.hotel(listing, prices) for listing, prices in priced])

        return await self._database.read(work)

    async def look_up_hotel_contact(self, request: contacts_pb2.LookUpHotelContactRequest) -> contacts_pb2.HotelContact:
        return await self._contact(request.hotel)

    async def _contact(self, hotel: str) -> contacts_pb2.HotelContact:
        return contact_message(await self._database.read(lambda session: contacts.of_hotel(session, hotel)))
