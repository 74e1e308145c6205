"""What the databases hold, to be compared before and after calls that must leave no trace."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from chassis.storage import tables as chassis_tables
from services.catalogue import CATALOGUE
from tests.contract.calls.world import World

LARGE: Final = 5_000
"""Rows from which on a table is not read: the gazetteer's."""


async def stored(world: World) -> dict[str, int]:
    """For each table of each service, the chassis' own among them, a number that changes with any of its rows."""
    await world.running.settled()
    held: dict[str, int] = {}
    for service in CATALOGUE:
        tables = [*service.tables.sorted_tables, *chassis_tables.METADATA.sorted_tables]
        digests = await world.running.database(service.name).read(
            lambda session, tables=tables: [_digest(session, table) for table in tables]
        )
        held |= {f"{service.name}.{table.name}": digest for table, digest in zip(tables, digests, strict=True)}
    return held


def _digest(session: Session, table: Table) -> int:
    few = select(table).limit(LARGE).subquery()
    if session.scalar(select(func.count()).select_from(few)) == LARGE:
        return LARGE
    return hash(str(sorted(map(str, session.execute(select(table))))))
