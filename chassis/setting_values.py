"""How settings are read from texts, and what is said of a text that is none of the type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from msgspec import convert, json

ALIKE = 0.85
"""How alike a name is to that of a setting where it is taken for a misspelt one (difflib's ratio). Less alike are those
that Kubernetes sets, such as `INNKEEPER_SERVICE_PORT`."""


def misspelt(environment: Mapping[str, str], names: Sequence[str], prefix: str) -> Iterator[str]:
    """What is wrong with variables that are none of these settings, but nearly have the name of one."""
    known = {f"{prefix}{name.upper()}" for name in names}
    for variable in sorted(environment.keys() - known):
        if variable.startswith(prefix):
            meant = get_close_matches(variable.removeprefix(prefix).lower(), names, n=1, cutoff=ALIKE)
            if meant:
                yield f"{variable}: there is no such setting; {prefix}{meant[0].upper()} is one"


def value_of(given: object, kind: Any) -> object:
    """Text as a value of that type; an empty path that may be none is none. Raises DecodeError where it is no such
    value."""
    if not isinstance(given, str):
        return convert(given, kind)
    if kind == Path or kind == Path | None:
        return Path(given) if given or kind == Path else None
    if get_origin(get_args(kind)[0] if get_origin(kind) is Annotated else kind) is dict:
        return convert(json.decode(given), kind)
    return convert(given, kind, strict=False)


def asked(kind: Any) -> str:
    """What a value of that type must be."""
    if get_origin(kind) is Literal:
        return f"must be one of {', '.join(map(repr, get_args(kind)))}"
    if kind is bool:
        return "must be true or false"
    number, limits = get_args(kind)
    if limits.description:
        return str(limits.description)
    bounds = f"of at least {limits.ge}" if limits.le is None else f"from {limits.ge} to {limits.le}"
    return f"must be a {'whole ' if number is int else ''}number {bounds}"
