"""`innkeeper links`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from clients.cli.options import Address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from innkeeper.links.v1 import links_pb2

Link = Annotated[str, typer.Argument(metavar="LINK", help="The link: its address, or the eight characters at its end.")]


def create(
    target: Annotated[
        str,
        typer.Argument(
            help="Where it leads: an address of the platform itself, or of an origin among INNKEEPER_LINK_TARGETS."
        ),
    ],
    days: Annotated[int, typer.Option(min=0, max=3650, help="How long it is good; 0 is until it is deleted.")] = 0,
    address: Address = "",
) -> None:
    """Make a short link and print it. There must be nothing personal in what it leads to."""
    from datetime import UTC, datetime, timedelta

    expiry = {"expire_time": datetime.now(UTC) + timedelta(days=days)} if days else {}
    with _links(address) as links:
        print(links.CreateLink(link={"target": target, **expiry}).uri)


def list_links(address: Address = "") -> None:
    """Show all links, the newest first, and how often each was followed."""
    from chassis.dates import from_timestamp

    with _links(address) as links:
        print(f"{'clicks':>8}  {'good until':<20}  link and target")
        for link in _all(links):
            end = f"{from_timestamp(link.expire_time):%Y-%m-%d %H:%M} UTC" if link.HasField("expire_time") else "-"
            print(f"{link.click_count:>8}  {end:<20}  {link.uri}  {link.target}")


def show(link: Link, address: Address = "") -> None:
    """Show where a link leads, and how often it was followed on each day (UTC)."""
    from chassis.dates import to_date

    with _links(address) as links:
        found = links.GetLink(name=_name(link))
    print(f"{found.uri}  {found.target}")
    for clicks in found.daily_clicks:
        print(f"{to_date(clicks.date)}  {clicks.count:>8}")


def delete(link: Link, address: Address = "") -> None:
    """Delete a link; who follows it from then on finds nothing."""
    with _links(address) as links:
        links.DeleteLink(name=_name(link))


def _links(address: str) -> Any:
    from clients.cli.calls import remote
    from innkeeper.links.v1 import links_pb2

    scopes = ("internal", "links.admin", "links.write")
    return remote(links_pb2.DESCRIPTOR.services_by_name["LinksService"], address, scopes)


def _all(links: Any) -> Iterator[links_pb2.Link]:
    token = ""
    while True:
        page: links_pb2.ListLinksResponse = links.ListLinks(page_size=1000, page_token=token)
        yield from page.links
        token = page.next_page_token
        if not token:
            return


def _name(link: str) -> str:
    return f"links/{link.rpartition('/')[2]}"
