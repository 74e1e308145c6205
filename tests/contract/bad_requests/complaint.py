"""What is to be said against the answer to a broken request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import grpc

from chassis.errors import reason_of
from innkeeper.hotels.v1.hotels_pb2 import ImportHotelsResponse
from tests.contract.bad_requests.spots import Broken
from tests.errors import violations_of

Violation = tuple[str, str]


async def complaint(broken: Broken, answer: Any) -> str:
    """Why the answer to a broken request, which is awaited, is not the one that it deserves; empty where it is."""
    try:
        response = await answer
    except grpc.aio.AioRpcError as error:
        if error.code() is not grpc.StatusCode.INVALID_ARGUMENT:
            return f"{error.code().name} {reason_of(error)}: {error.details()}"
        named = [(violation.field, violation.description) for violation in violations_of(error)]
    else:
        if not isinstance(response, ImportHotelsResponse) or not response.refused_count:
            return "taken"
        named = refusals_of(response)
    if any(names(violation, broken.path) for violation in named):
        return ""
    return f"names {named}"


def refusals_of(response: ImportHotelsResponse) -> list[Violation]:
    """The violations of a listing that an import left out, with paths from the request and from the listing."""
    texts = [text for refused in response.refused for text in refused.message.split("; ")]
    pairs = [(path, explanation) for path, _, explanation in (text.partition(": ") for text in texts)]
    return pairs + [(f"listing.{path}", explanation) for path, explanation in pairs]


def names(violation: Violation, path: str) -> bool:
    """Whether a violation names the broken field: by its path, or by its name beside the path of its message."""
    field, explanation = violation
    if field.startswith(path):
        return True
    return path.startswith(f"{field}.") and path.rpartition(".")[2].partition("[")[0] in explanation


def told(complaints: Iterable[tuple[Broken, str]]) -> str:
    """The complaints, a line for each field."""
    by_path: defaultdict[str, list[str]] = defaultdict(list)
    for broken, text in complaints:
        if text:
            by_path[broken.path].append(f"{broken.what}: {text}")
    return "\n".join(f"{path}: {len(texts)}, such as {texts[0]}" for path, texts in by_path.items())
