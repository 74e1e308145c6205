"""What is answered at a path that the app does not have: the edge sends it whatever is no call of a method.

A path of the API comes here with a method of HTTP that it does not have, and is then answered 405 (RFC 9110 section
15.5.6) rather than 404.
"""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send


class Elsewhere:
    """An ASGI app that refuses everything.

    Args:
        description: The OpenAPI document, as JSON.
    """

    def __init__(self, description: bytes) -> None:
        paths: dict[str, dict[str, Any]] = json.loads(description)["paths"]
        self._paths = [
            (re.compile(re.sub(r"\\{\w+\\}", "[^/:]+", re.escape(path))), ", ".join(sorted(map(str.upper, item))))
            for path, item in paths.items()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises HTTPException, with the methods that there are where it is 405."""
        if scope["type"] == "http":
            for pattern, methods in self._paths:
                if pattern.fullmatch(scope["path"]):
                    raise HTTPException(405, f"there is only {methods} at this path", {"Allow": methods})
        raise HTTPException(404, "there is nothing at this path")
