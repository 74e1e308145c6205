"""The gazetteer is loaded when it is not there, or another edition is, and not otherwise."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.search.names import NameFolding
from services.search.service import load_gazetteer
from services.search.tables import EDITIONS, PLACES
from tests.service.search.conftest import Search

VIENNA = 2761369


def forget_vienna(session: Session) -> None:
    session.execute(delete(PLACES).where(PLACES.c.id == VIENNA))


def make_old(session: Session) -> None:
    session.execute(update(EDITIONS).values(edition="an older one"))


@pytest.mark.parametrize("old", [False, True], ids=["this edition", "an older edition"])
async def test_it_is_loaded_again_only_for_another_edition(search: Search, old: bool) -> None:
    database = search.running.database("search")
    await database.write(forget_vienna)
    if old:
        await database.write(make_old)

    await load_gazetteer(database, NameFolding())

    is_there = select(PLACES.c.id).where(PLACES.c.id == VIENNA)
    assert (await database.read(lambda session: session.scalar(is_there)) is not None) is old
