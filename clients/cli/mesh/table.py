"""The state of the mesh as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from clients.cli.mesh import told
from innkeeper.registry.v1 import registry_pb2

NUMBERS = frozenset({"pid", "age", "in hand", "calls/s", "shed/s", "lag ms"})
WIDE = 200
"""Columns that are used where no terminal says how many it has."""


def show(mesh: registry_pb2.Mesh) -> None:
    """Print it; in a pipe without colours, and without breaking lines."""
    console, shown = Console(), rendered(mesh, datetime.now(UTC))
    if console.is_terminal:
        console.print(shown)
    else:
        print(plain(shown))


def plain(shown: RenderableType) -> str:
    """What a person without a terminal reads."""
    console = Console(width=WIDE, color_system=None, force_terminal=False)
    with console.capture() as captured:
        console.print(shown)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def rendered(mesh: registry_pb2.Mesh, now: datetime) -> RenderableType:
    """Instances, then what is set, then who listens and what they rejected; what there is none of is left out."""
    parts: list[RenderableType] = [_instances(mesh, now)]
    splits = [(split.service, told.traffic(split)) for split in mesh.traffic]
    faults = [(f"{fault.service}/{fault.method}", told.fault(fault)) for fault in mesh.faults]
    limits = [(bound.service, told.limits(bound)) for bound in mesh.limits]
    for title, rows in (("traffic", splits), ("fault", faults), ("limit", limits)):
        if rows:
            parts += ["", _table((title, ""), rows)]
    if mesh.rejections:
        parts += ["", _table(("rejected by", "configuration", "age", "why"), list(_rejections(mesh, now)))]
    parts += ["", Text(f"xDS clients: {len(mesh.clients)}{_listed(mesh.clients)}; revision {mesh.revision}")]
    return Group(*parts)


def _instances(mesh: registry_pb2.Mesh, now: datetime) -> RenderableType:
    rows = []
    for instance in mesh.instances:
        load = instance.load
        rows.append(
            (
                instance.service,
                instance.variant,
                instance.address,
                str(instance.process_id or ""),
                told.age((now - instance.create_time.ToDatetime(UTC)).total_seconds()),
                str(load.calls_in_hand),
                f"{load.calls_per_second:.1f}",
                f"{load.shed_per_second:.1f}",
                f"{load.loop_lag.ToTimedelta().total_seconds() * 1000:.1f}",
            )
        )
    if not rows:
        return Text("no instances")
    return _table(("service", "variant", "address", "pid", "age", "in hand", "calls/s", "shed/s", "lag ms"), rows)


def _rejections(mesh: registry_pb2.Mesh, now: datetime) -> Iterator[tuple[str, ...]]:
    for rejection in mesh.rejections:
        kind = rejection.type_url.rpartition(".")[2]
        age = told.age((now - rejection.time.ToDatetime(UTC)).total_seconds())
        yield rejection.node, kind, age, " ".join(rejection.reason.split())


def _listed(names: Sequence[str]) -> str:
    return f" ({', '.join(sorted(names))})" if names else ""


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in NUMBERS else "left", no_wrap=column != "why")
    for row in rows:
        table.add_row(*map(Text, row))  # as text: an address like [::1] is no markup
    return table
