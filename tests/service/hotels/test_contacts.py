"""How a hotel's own people are reached: who says so, who sees it, and who does not."""

from __future__ import annotations

from uuid import uuid4

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from sqlalchemy import select

from chassis.storage.tables import OUTBOX
from innkeeper.hotels.v1 import contacts_pb2, hotels_pb2
from tests.errors import refused
from tests.service.hotels.conftest import Hotels
from tests.service.hotels.requests import a_listing, stream

HOTEL, NAME = "hotels/a", "hotels/a/contact"


def said(**fields: str) -> contacts_pb2.HotelContact:
    return contacts_pb2.HotelContact(name=NAME, **fields)


def change(*mask: str, **fields: str) -> contacts_pb2.UpdateHotelContactRequest:
    return contacts_pb2.UpdateHotelContactRequest(
        contact=said(**fields), update_mask=FieldMask(paths=mask), request_id=str(uuid4())
    )


def brought(contact: contacts_pb2.HotelContact | None, *, stars: int = 4) -> hotels_pb2.ImportHotelsRequest:
    """A hotel of an import, and the contact that comes along."""
    listing = a_listing(HOTEL)
    listing.hotel.stars = stars
    return hotels_pb2.ImportHotelsRequest(listing=listing, contact=contact, request_id=str(uuid4()))


async def seen(hotels: Hotels) -> contacts_pb2.HotelContact:
    return await hotels.staff.GetHotelContact(contacts_pb2.GetHotelContactRequest(name=NAME))


@pytest.fixture
async def hotel(hotels: Hotels) -> Hotels:
    """The service with a hotel that has said nothing of its people."""
    await hotels.staff.ImportHotels(stream([a_listing(HOTEL)]))
    return hotels


async def test_every_hotel_has_a_contact(hotel: Hotels) -> None:
    assert await seen(hotel) == said(etag="0")


async def test_what_the_mask_names_is_changed(hotel: Hotels) -> None:
    first = await hotel.staff.UpdateHotelContact(
        change(email="desk@a.example", fallback_email="boss@a.example", language_code="pt-BR")
    )
    assert first == said(email="desk@a.example", fallback_email="boss@a.example", language_code="pt-BR", etag="1")
    second = await hotel.staff.UpdateHotelContact(change("fallback_email", "language_code", language_code="zh"))
    assert second == said(email="desk@a.example", language_code="zh", etag="2")
    assert await hotel.staff.UpdateHotelContact(change("language_code", language_code="zh")) == second
    assert await seen(hotel) == second


async def test_whoever_read_another_version_changes_nothing(hotel: Hotels) -> None:
    await hotel.staff.UpdateHotelContact(change(email="desk@a.example", etag="0"))
    async with refused(grpc.StatusCode.ABORTED, "ETAG_MISMATCH"):
        await hotel.staff.UpdateHotelContact(change(email="other@a.example", etag="0"))
    assert (await seen(hotel)).email == "desk@a.example"


async def test_a_hotel_that_is_not_there_has_none(hotels: Hotels) -> None:
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await seen(hotels)
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await hotels.staff.UpdateHotelContact(change(email="desk@a.example"))


async def test_services_look_it_up(hotel: Hotels) -> None:
    await hotel.staff.UpdateHotelContact(change(email="desk@a.example"))
    found = await hotel.inside.LookUpHotelContact(contacts_pb2.LookUpHotelContactRequest(hotel=HOTEL))
    assert found == await seen(hotel)


async def test_travellers_do_not_see_it(hotel: Hotels) -> None:
    async with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"):
        await hotel.public.GetHotelContact(contacts_pb2.GetHotelContactRequest(name=NAME))


async def test_no_event_tells_of_it(hotel: Hotels) -> None:
    await hotel.staff.UpdateHotelContact(change(email="desk@a.example"))
    await hotel.staff.ImportHotels(iter([brought(said(email="front@a.example"), stars=5)]))
    payloads = await hotel.running.database("hotels").read(
        lambda session: list(session.scalars(select(OUTBOX.c.payload)))
    )
    assert len(payloads) == 2
    assert not any(b"@a.example" in payload for payload in payloads)


@pytest.mark.parametrize(
    ("contact", "stars", "counts", "email"),
    [
        pytest.param(None, 4, (0, 0, 1), "desk@a.example", id="none comes along"),
        pytest.param(None, 5, (0, 1, 0), "desk@a.example", id="the hotel alone is new"),
        pytest.param(said(email="desk@a.example"), 4, (0, 0, 1), "desk@a.example", id="just so"),
        pytest.param(said(email="front@a.example"), 4, (0, 1, 0), "front@a.example", id="the contact alone is new"),
        pytest.param(said(), 5, (0, 1, 0), "", id="both are new"),
    ],
)
async def test_an_import_brings_it_along(
    contact: contacts_pb2.HotelContact | None, stars: int, counts: tuple[int, int, int], email: str, hotel: Hotels
) -> None:
    await hotel.staff.UpdateHotelContact(change(email="desk@a.example"))
    answer = await hotel.staff.ImportHotels(iter([brought(contact, stars=stars)]))
    assert (answer.created_count, answer.updated_count, answer.unchanged_count) == counts
    assert (await seen(hotel)).email == email


async def test_a_new_hotel_comes_with_it(hotels: Hotels) -> None:
    answer = await hotels.staff.ImportHotels(iter([brought(said(email="desk@a.example", language_code="de-AT"))]))
    assert (answer.created_count, answer.refused_count) == (1, 0)
    assert await seen(hotels) == said(email="desk@a.example", language_code="de-AT", etag="1")


@pytest.mark.parametrize("name", ["", "hotels/b/contact"])
async def test_somebody_elses_contact_is_refused_with_its_hotel(name: str, hotels: Hotels) -> None:
    answer = await hotels.staff.ImportHotels(iter([brought(contacts_pb2.HotelContact(name=name))]))
    assert (answer.created_count, answer.refused_count) == (0, 1)
    assert answer.refused[0].message == "contact.name: must be hotels/a/contact"
