"""In which order services are stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from clients.cli.supervisor.replicas import REGISTRY

AUTH = "auth"


def waves(calls: Mapping[str, Set[str]]) -> Iterator[frozenset[str]]:
    """Services that can be stopped together: each after all that call it, so that whoever has a call in hand can still
    make those that it needs. All call `auth` and the registry, without saying so; these come last.

    Args:
        calls: For each service the ones that it calls.
    """
    last = [frozenset({name}) for name in (AUTH, REGISTRY) if name in calls]
    left = {name for name in calls if name not in (AUTH, REGISTRY)}
    while left:
        needed = {called for name in left for called in calls[name] if called != name}
        # In a circle everyone is needed by another: then all at once.
        wave = frozenset(left - needed or left)
        yield wave
        left -= wave
    yield from last
