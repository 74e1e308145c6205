"""A browser without scripts: it keeps cookies, reads a page, and sends its form."""

from __future__ import annotations

from html.parser import HTMLParser
from types import TracebackType

from httpx import AsyncClient, Response


class Page(HTMLParser):
    """What stands on a page: fields with their attributes, the fields that labels are for, elements, and the text."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response
        self.status = response.status_code
        self.action = ""
        self.fields: dict[str, dict[str, str]] = {}
        self.labelled: set[str] = set()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(response.text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attributes}
        self.elements.add(tag)
        self.attributes |= set(named)
        if tag == "form":
            self.action = named["action"]
        elif tag == "input":
            self.fields[named["name"]] = named
        elif tag == "label":
            self.labelled.add(named["for"])

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def values(self) -> dict[str, str]:
        """What the form would send, without a button."""
        return {name: field.get("value", "") for name, field in self.fields.items()}


class Browser:
    """One person's."""

    def __init__(self, url: str) -> None:
        self.http = AsyncClient(base_url=url, trust_env=False, timeout=30)

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def open(self, address: str) -> Page:
        """The page there."""
        return Page(await self.http.get(address))

    async def send(self, page: Page, **filled: str) -> Response:
        """What comes of the page's form, with these fields filled in."""
        return await self.http.post(page.action, data={**page.values, **filled})

    async def sign_in(self, page: Page, email: str, password: str) -> Response:
        """What comes of signing in."""
        return await self.send(page, email=email, password=password, decision="allow")
