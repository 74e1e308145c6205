"""An answer that is the same for as long as the process runs: a page, a script, a document."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response


class Unchanging:
    """What is at one path. A browser keeps it, asks each time whether it still holds, and gets 304 where it does.

    Args:
        file: What is answered; read once.
        headers: Beside those that say how long it holds.
    """

    def __init__(self, file: Path, **headers: str) -> None:
        self._content = file.read_bytes()
        self._kind = mimetypes.types_map[file.suffix]
        self._etag = f'"{hashlib.sha256(self._content).hexdigest()[:32]}"'
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._headers = {"cache-control": "no-cache", "etag": self._etag, **named}

    async def answer(self, request: Request) -> Response:
        """The whole of it, or 304 to a caller that has it (RFC 9110 section 13.1.2)."""
        known = request.headers.get("if-none-match", "")
        if known == "*" or self._etag in (tag.strip().removeprefix("W/") for tag in known.split(",")):
            return Response(status_code=304, headers=self._headers)
        return Response(self._content, headers=self._headers, media_type=self._kind)
