"""Who calls whom, and who subscribes to whom, as the services declare it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Protocol

from clients.cli.failure import Failure


class Declared(Protocol):
    """What of a service's declaration counts here."""

    @property
    def name(self) -> str: ...
    @property
    def calls(self) -> tuple[str, ...]: ...
    @property
    def subscribes(self) -> tuple[str, ...]: ...


def check(services: Sequence[Declared]) -> None:
    """Raises Failure where a declaration names a service that there is not, or services call each other in a circle.

    Subscriptions may run in circles: an event asks for no answer.
    """
    known = {service.name for service in services}
    for service in services:
        if missing := sorted({*service.calls, *service.subscribes} - known):
            raise Failure(f"{service.name} declares {', '.join(missing)}, and there is no such service")
    try:
        TopologicalSorter({service.name: service.calls for service in services}).prepare()
    except CycleError as error:
        # graphlib lists each node before one that depends on it.
        raise Failure(f"services call each other in a circle: {' → '.join(reversed(error.args[1]))}") from None


def text(services: Sequence[Declared]) -> Iterator[str]:
    """A paragraph a service."""
    for service in services:
        yield service.name
        if service.calls:
            yield f"  calls          {', '.join(service.calls)}"
        if service.subscribes:
            yield f"  subscribes to  {', '.join(service.subscribes)}"
    calls, subscriptions = sum(len(s.calls) for s in services), sum(len(s.subscribes) for s in services)
    yield ""
    yield f"{len(services)} services; {calls} call another, {subscriptions} listen to another; nobody calls in a circle"


def mermaid(services: Sequence[Declared]) -> Iterator[str]:
    """A flowchart for Markdown: calls are solid arrows, events dashed ones from the source to the subscriber."""
    yield "flowchart LR"
    for service in services:
        yield f"    {service.name}"
    for service in services:
        yield from (f"    {service.name} --> {callee}" for callee in service.calls)
        yield from (f"    {source} -. events .-> {service.name}" for source in service.subscribes)


def dot(services: Sequence[Declared]) -> Iterator[str]:
    """A graph for Graphviz: calls are solid edges, events dashed ones from the source to the subscriber."""
    yield "digraph innkeeper {"
    yield "    rankdir=LR;"
    yield "    node [shape=box];"
    for service in services:
        yield f'    "{service.name}";'
    for service in services:
        yield from (f'    "{service.name}" -> "{callee}";' for callee in service.calls)
        yield from (f'    "{source}" -> "{service.name}" [style=dashed];' for source in service.subscribes)
    yield "}"
