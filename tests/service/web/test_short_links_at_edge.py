"""Short links through the edge, as all the world follows them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

import httpx

from innkeeper.links.v1 import links_pb2
from innkeeper.links.v1.links_pb2_grpc import LinksServiceStub
from tests.edge import platform_behind_edge

NAMES = ("registry", "links", "web")


async def test_all_the_world_follows_links(envoy: Path, tmp_path: Path) -> None:
    async with platform_behind_edge(tmp_path, NAMES, link_targets="https://help.example") as edge, edge.http() as http:
        links = edge.platform.inside(LinksServiceStub, as_service="cli")
        request = links_pb2.CreateLinkRequest(
            link=links_pb2.Link(target="https://help.example/faq?lang=pt#top"), request_id=str(uuid4())
        )
        link = await links.CreateLink(request)
        path = httpx.URL(link.uri).path
        for method in ("GET", "HEAD"):
            answer = await http.request(method, path)
            assert (answer.status_code, answer.headers["location"]) == (302, request.link.target)
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["referrer-policy"] == "no-referrer"
        seen = await links.GetLink(links_pb2.GetLinkRequest(name=link.name))
        assert seen.click_count == 1
        nothing = await http.get("/l/00000000")
        assert (nothing.status_code, nothing.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "default-src 'none'" in nothing.headers["content-security-policy"]
        assert (await http.get(f"/v1/{link.name}")).status_code == 401
        token = edge.platform.token("clients/desk", ["links.admin"])
        answer = await http.get(f"/v1/{link.name}", headers={"authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["uri"]) == (200, link.uri)


async def test_who_guesses_is_held_up(envoy: Path, tmp_path: Path) -> None:
    async with platform_behind_edge(tmp_path, NAMES, edge_address_rate=5) as edge, edge.http() as http:
        answers = await asyncio.gather(*(http.get(f"/l/{number:08}") for number in range(40)))
    assert {answer.status_code for answer in answers} == {404, 429}
