"""The languages that whoever sends a request would like to read."""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import Request

from chassis.refusal import InvalidField

TAG: Final = re.compile(r"[A-Za-z0-9-]{1,35}")
RANGE: Final = re.compile(rf"\s*({TAG.pattern})\s*(?:;\s*q=([01](?:\.[0-9]{{0,3}})?))?\s*")
MOST: Final = 10


def languages(request: Request) -> list[str]:
    """Language tags, the dearest first: that of `?language=` alone, or those of `Accept-Language` (RFC 9110 section
    12.5.4). Raises InvalidField where `?language=` is no tag."""
    said = request.query_params.get("language", "")
    if said:
        if TAG.fullmatch(said) is None:
            raise InvalidField("language", "must be a language tag, such as `pt-BR`")
        return [said]
    ranges = (RANGE.fullmatch(part) for part in request.headers.get("accept-language", "").split(","))
    weighed = [(float(found[2] or 1), found[1]) for found in ranges if found]
    return [tag for weight, tag in sorted(weighed, key=lambda it: -it[0]) if weight > 0][:MOST]
