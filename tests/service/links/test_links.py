"""Links: how they are made, followed, counted, and how they end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, repeat

import grpc
import pytest
from sqlalchemy import select

from chassis.dates import to_date
from chassis.service import Assembly, Kit
from innkeeper.links.v1 import links_pb2
from services.links.messages import Messages
from services.links.service import SERVICE
from services.links.servicer import LinksServicer
from services.links.tables import CLICKS
from services.links.target import Targets
from tests.conftest import StartPlatform
from tests.errors import refused
from tests.service.links.conftest import TARGET, Links, Wall, links_on

DAY = timedelta(days=1)


async def test_a_link_leads_to_its_target(links: Links) -> None:
    link = await links.make()
    code = link.name.removeprefix("links/")
    assert link.uri == f"http://127.0.0.1:8080/l/{code}"
    assert (link.target, link.HasField("expire_time"), link.click_count) == (TARGET, False, 0)
    assert await links.follow(link) == TARGET


async def test_two_links_to_one_target_are_two(links: Links) -> None:
    one, other = await links.make(), await links.make()
    await links.follow(one)
    assert one.name != other.name
    assert [(await links.get(link.name)).click_count for link in (one, other)] == [1, 0]


async def test_a_repeated_request_makes_one_link(links: Links) -> None:
    request = links.creation(good_for=DAY)
    link = await links.inside.CreateLink(request)
    links.clock.move(2 * DAY)
    assert await links.inside.CreateLink(request) == link
    assert (await links.names())[0] == [link.name]


async def test_a_code_that_is_taken_is_not_given_twice(platform: StartPlatform) -> None:
    codes: Iterator[str] = chain(repeat("taken000", 4), ["free0000"], repeat("taken000"))

    def assemble(kit: Kit) -> Assembly:
        url = kit.settings.public_url
        chosen = LinksServicer(kit.database, kit.clock, Targets(url), Messages(url), choose=lambda: next(codes))
        return Assembly(servicer=chosen)

    links = await links_on(platform, Wall(), service=replace(SERVICE, assemble=assemble))
    names = [(await links.make()).name for _ in range(2)]
    assert names == ["links/taken000", "links/free0000"]
    async with refused(grpc.StatusCode.INTERNAL, "INTERNAL"):
        await links.make()


async def test_clicks_are_counted_by_the_day(links: Links) -> None:
    link = await links.make()
    for _ in range(3):
        await links.follow(link)
    links.clock.move(timedelta(hours=1))
    await links.follow(link)
    seen = await links.get(link.name)
    assert seen.click_count == 4
    assert [(to_date(clicks.date), clicks.count) for clicks in seen.daily_clicks] == [
        (date(2027, 5, 1), 3),
        (date(2027, 5, 2), 1),
    ]


async def test_who_only_looks_is_not_counted(links: Links) -> None:
    link = await links.make()
    assert await links.follow(link, uncounted=True) == TARGET
    assert (await links.get(link.name)).click_count == 0


async def test_a_repeated_click_is_one(links: Links) -> None:
    link = await links.make()
    request = links_pb2.ResolveLinkRequest(name=link.name, request_id="6f1c8a52-9d0e-4c6b-8f5e-0c1d2e3f4a5b")
    await asyncio.gather(*(links.inside.ResolveLink(request) for _ in range(3)))
    assert (await links.get(link.name)).click_count == 1


async def test_many_clicks_at_once_are_all_counted(links: Links) -> None:
    link = await links.make()
    await asyncio.gather(*(links.follow(link) for _ in range(50)))
    assert (await links.get(link.name)).click_count == 50


async def test_nothing_is_kept_of_who_it_was() -> None:
    assert set(CLICKS.columns.keys()) == {"code", "day", "count"}


async def test_a_link_that_was_followed_until_it_expired(links: Links) -> None:
    link = await links.make(good_for=DAY)
    links.clock.move(DAY - timedelta(seconds=1))
    assert await links.follow(link) == TARGET
    links.clock.move(timedelta(seconds=1))
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND") as of_expired:
        await links.follow(link)
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND") as of_nothing:
        await links.follow(links_pb2.Link(name="links/00000000"))
    said = str(of_nothing.error.details())
    assert of_expired.error.details() == said.replace("links/00000000", link.name)


async def test_expired_links_are_deleted(platform: StartPlatform) -> None:
    clock = Wall()
    before = await links_on(platform, clock)
    short, long, endless = [await before.make(good_for=time) for time in (DAY, 3 * DAY, None)]
    await before.follow(short)
    clock.move(2 * DAY)
    after = await links_on(platform, clock)
    await after.deleted(short)
    assert set((await after.names())[0]) == {long.name, endless.name}
    assert not await after.running.database("links").read(lambda session: session.execute(select(CLICKS)).all())


@pytest.mark.parametrize("seconds", [0, -1])
async def test_an_expiry_that_has_passed(seconds: int, links: Links) -> None:
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD") as refusal:
        await links.make(good_for=timedelta(seconds=seconds))
    assert refusal.fields == ["link.expire_time"]


async def test_a_target_elsewhere(links: Links) -> None:
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "TARGET_NOT_ALLOWED") as refusal:
        await links.make("https://elsewhere.example/")
    assert refusal.fields == ["link.target"]
    assert (await links.names())[0] == []


async def test_a_target_that_is_not_allowed_any_more(platform: StartPlatform) -> None:
    clock, target = Wall(), "https://help.example/"
    wide = await links_on(platform, clock, link_targets="https://other.example:8443,https://help.example")
    link = await wide.make(target)
    assert await wide.follow(link) == target
    tight = await links_on(platform, clock, link_targets="https://other.example:8443")
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await tight.follow(link)
    assert (await tight.get(link.name)).click_count == 1


async def test_the_list_is_of_all_the_newest_first(links: Links) -> None:
    made = []
    for _ in range(5):
        made.append((await links.make()).name)
        links.clock.move(timedelta(minutes=1))
    first, token = await links.names(3)
    second, end = await links.names(3, token)
    assert [*first, *second] == made[::-1]
    assert (len(first), end) == (3, "")


async def test_a_deleted_link_leads_nowhere(links: Links) -> None:
    link, other = await links.make(), await links.make()
    await links.follow(link)
    request = links_pb2.DeleteLinkRequest(name=link.name, request_id="0b7f6a2e-54f4-4d7e-9b36-9a1a7d1f5c11")
    await links.staff.DeleteLink(request)
    await links.staff.DeleteLink(request)
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await links.follow(link)
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await links.get(link.name)
    assert (await links.names())[0] == [other.name]


async def test_small_and_capital_letters_differ(links: Links) -> None:
    link = await links.make()
    swapped = links_pb2.Link(name=f"links/{link.name.removeprefix('links/').swapcase()}")
    if swapped.name == link.name:
        pytest.skip("a code of digits alone")
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await links.follow(swapped)
