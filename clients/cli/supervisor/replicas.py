"""Which processes there are to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from clients.cli.failure import Mistake

REGISTRY = "registry"
ALL = "all"
LARGEST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """One process: the `number`th of so many (`of`) that run the service."""

    service: str
    number: int = 1
    of: int = 1

    @property
    def label(self) -> str:
        """What it is called: `booking`, or `booking.2` where there are several."""
        return self.service if self.of == 1 else f"{self.service}.{self.number}"


def replicas(services: Sequence[str], options: Sequence[str]) -> Iterator[Replica]:
    """The processes, in the order in which they start: the registry first.

    Args:
        services: The names of all services.
        options: How many of which, such as `booking=2`, or `all=2` for all that are not named; else one. Raises Mistake
            for one that cannot be.
    """
    counts = _counts(services, options)
    for service in (REGISTRY, *(name for name in services if name != REGISTRY)):
        count = counts.get(service, 1 if service == REGISTRY else counts.get(ALL, 1))
        yield from (Replica(service=service, number=number, of=count) for number in range(1, count + 1))


def _counts(services: Sequence[str], options: Sequence[str]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for option in options:
        name, equals, number = option.partition("=")
        if not equals or not number.isdecimal() or not 1 <= int(number) <= LARGEST:
            raise Mistake(f"--replicas {option}: must be SERVICE=NUMBER, from 1 to {LARGEST}, such as booking=2")
        if name == REGISTRY and int(number) != 1:
            raise Mistake(f"--replicas {option}: there is one registry, at the port of the settings")
        if name not in (*services, ALL):
            raise Mistake(f"--replicas {option}: there is no service {name}; the services are {', '.join(services)}")
        if name in counts:
            raise Mistake(f"--replicas {option}: {name} has a number already, {counts[name]}")
        counts[name] = int(number)
    return counts
