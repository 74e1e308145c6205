"""The parameters of a request, by the rules of RFC 6749 sections 3.1 and 3.2: one without a value counts as omitted,
and none may come twice."""

from __future__ import annotations

from collections import Counter
from typing import Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

FORM: Final = "application/x-www-form-urlencoded"
LARGEST: Final = 16 * 1024
"""Bytes of a form. The longest good one has a few thousand."""

MOST: Final = 64
"""Parameters of a request."""


class Parameters:
    """Their values by name; and the names of those that came more than once, of which no value is told."""

    def __init__(self, encoded: str) -> None:
        """Raises HTTPException 400 for what cannot be read."""
        try:
            pairs = parse_qsl(
                encoded, keep_blank_values=True, strict_parsing=bool(encoded), errors="strict", max_num_fields=MOST
            )
        except ValueError:
            raise HTTPException(400, "the parameters cannot be read: they are not form-encoded UTF-8") from None
        self.repeated = sorted(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        self._values = {name: value for name, value in pairs if name not in self.repeated}

    @classmethod
    def of_query(cls, request: Request) -> Parameters:
        """Those of the address. Raises HTTPException 400."""
        return cls(request.url.query)

    @classmethod
    async def of_form(cls, request: Request) -> Parameters:
        """Those of the body; in the address of such a request there are none. Raises HTTPException 400, 413, 415."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != FORM:
            raise HTTPException(415, f"the body must be {FORM}")
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LARGEST:
                raise HTTPException(413, f"the body must have no more than {LARGEST} bytes")
        try:
            return cls(body.decode("ascii"))
        except UnicodeDecodeError:
            raise HTTPException(400, "the parameters cannot be read: they are not form-encoded UTF-8") from None

    def __getitem__(self, name: str) -> str:
        """The value; empty of one that did not come, or came twice."""
        return self._values.get(name, "")

    @property
    def scopes(self) -> list[str]:
        """The scopes of the parameter `scope`, each once (RFC 6749 section 3.3)."""
        return list(dict.fromkeys(self["scope"].split(" "))) if self["scope"] else []
