"""A person who was deleted: of all that was ever filled into a field marked personal, nothing is left anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest

from chassis.observability.logs import set_up_logs
from chassis.settings import Settings
from tests.conftest import FAST, declared, started
from tests.postgresql import Cluster
from tests.service.privacy.life import SERVICES, Person, opened_hotel, until
from tests.service.privacy.marks import NOT_OF_A_USER, PERSONAL, Marks
from tests.service.privacy.traces import found_below, found_in, found_in_databases

LOUD: Final[dict[str, Any]] = {"log_level": "debug", "log_format": "json"}
LASTING: Final = (
    "usergivenname2",
    "userfamilyname2",
    "useremail2",
    "-07-19",
    "accountemail",
    "guestgivenname",
    "guestemail",
)
"""Parts of marks that are there to be found until the person is deleted."""


@pytest.fixture
def loud() -> Iterator[None]:
    """Logs at the lowest level, on standard error."""
    set_up_logs(Settings.read(**{**FAST, **LOUD}))
    yield
    set_up_logs(Settings.read(**FAST))


@pytest.mark.timeout(180)  # a whole life, twice, with PDFs; and every file is read
@pytest.mark.usefixtures("loud")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_nothing_is_left(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest, capfd: pytest.CaptureFixture[str]
) -> None:
    cluster: Cluster | None = request.getfixturevalue("postgresql") if kind == "postgresql" else None
    databases = [name for name in SERVICES if declared(name).tables is not None]
    url = cluster.url(*databases) if cluster is not None else ""
    data_dir = tmp_path / "data"

    def left(marks: Marks) -> dict[str, set[str]]:
        traces = list(marks.traces())
        rows = found_in_databases(cluster, databases, traces) if cluster is not None else {}
        return {**found_below(data_dir, traces), **rows}

    async with started(data_dir, SERVICES, database_url=url, **LOUD) as running:
        ada, grace = (
            Person(running=running, marks=Marks(name, born)) for name, born in (("ada", 1931), ("grace", 1947))
        )
        await opened_hotel(running)
        await asyncio.gather(ada.live(), grace.live())
        assert ada.marks.used.keys() | NOT_OF_A_USER.keys() == PERSONAL, "a field that nobody fills is not looked for"
        assert not ada.marks.used.keys() & NOT_OF_A_USER.keys()
        before = set.union(*left(ada.marks).values())
        assert all(any(kept in mark for mark in before) for kept in LASTING), "what is searched for is found"

        erasure = await ada.leave()
        holders = {name for name in SERVICES if declared(name).holds_personal_data}
        assert {told.service for told in erasure.services} == holders
        await running.settled()
        with suppress(TimeoutError):  # write-ahead logs are emptied a moment later
            await until(lambda: _is_empty(left, ada.marks), within=30.0)
        assert left(ada.marks) == {}
    assert left(ada.marks) == {}
    others = set.union(*left(grace.marks).values())
    assert all(any(kept in mark for mark in others) for kept in LASTING), "another person's is there"
    output = "".join(capfd.readouterr())
    assert "DeleteUser" in output, "the log is what is looked at"
    assert not found_in(output.encode(), ada.marks.traces())
    assert not found_in(output.encode(), grace.marks.traces())


async def _is_empty(left: Callable[[Marks], Mapping[str, object]], marks: Marks) -> bool:
    return not await asyncio.to_thread(left, marks)
