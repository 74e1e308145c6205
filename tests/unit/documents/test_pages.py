"""What the pages say is there, is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chassis.observability.metrics import Metrics
from chassis.settings import Settings
from clients.cli import dependencies
from contracts.paths import ROOT
from drills.__main__ import DRILLS
from services.catalogue import CATALOGUE
from tests.unit.documents import settings_table
from tests.unit.documents.pages import FENCED, PAGES, anchors, links, name

ARCHITECTURE = ROOT / "docs" / "architecture.md"
DECISIONS = ROOT / "docs" / "adr"
OBSERVING = ROOT / "docs" / "runbooks" / "observing.md"

each_page = pytest.mark.parametrize("page", PAGES, ids=name)


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in links(page):
        assert target.exists(), f"{name(page)}: {target}"
        assert not anchor or anchor in anchors(target), f"{name(page)}: {target}#{anchor}"


@each_page
def test_files_that_are_named_exist(page: Path) -> None:
    named = re.findall(r"`((?:chassis|services|clients|contracts|tests|docs|protos)/[\w./]+)`", page.read_text())
    for path in named:
        assert (ROOT / path).exists() or "reviews" in path, f"{name(page)}: {path}"


@each_page
def test_make_targets_that_are_named_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    targets |= {f"drill-{drill}" for drill in DRILLS}
    for command in re.findall(r"(?:`|^)make ([a-z -]+)", page.read_text(), re.MULTILINE):
        assert set(command.split()) <= targets, f"{name(page)}: make {command}"


def test_decisions_are_numbered_and_listed() -> None:
    records = sorted(path.name for path in DECISIONS.glob("*.md") if path.name != "README.md")
    assert [record[:5] for record in records] == [f"{number:04}-" for number in range(1, len(records) + 1)]
    rows = re.findall(r"^\| \[(\d{4})\]\(([^)]+)\) \| (.+) \|$", (DECISIONS / "README.md").read_text(), re.MULTILINE)
    assert rows == [(record[:4], record, title_of(DECISIONS / record)) for record in records]


def title_of(record: Path) -> str:
    """The title of a record, whose number has to be its file's."""
    number, title = record.read_text().splitlines()[0].removeprefix("# ").split(". ", maxsplit=1)
    assert int(number) == int(record.name[:4])
    return title


def test_the_map_has_every_file_of_the_chassis() -> None:
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "chassis").rglob("*.py")}
    expected = {file for file in files if not file.endswith("__init__.py") and "/migrations/" not in file}
    assert set(re.findall(r"`(chassis/[\w/]+\.py)`", ARCHITECTURE.read_text())) == expected


def test_the_map_has_every_service() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (?:data|application|presentation|infrastructure|sandbox)",
        ARCHITECTURE.read_text(),
        re.MULTILINE,
    )
    assert set(rows) == {service.name for service in CATALOGUE}


def test_the_graph_of_the_map_is_that_of_the_declarations() -> None:
    drawn = [code for language, code in FENCED.findall(ARCHITECTURE.read_text()) if language == "mermaid"]
    assert drawn == ["\n".join(dependencies.mermaid(CATALOGUE)) + "\n"]


def test_every_setting_is_explained() -> None:
    assert tuple(settings_table.docstrings()) == Settings.__struct_fields__
    assert settings_table.PAGE.read_text() == settings_table.page(), "run python -m tests.unit.documents.settings_table"


def test_every_log_event_is_explained() -> None:
    sources = [path.read_text() for folder in ("chassis", "services") for path in (ROOT / folder).rglob("*.py")]
    logging = re.compile(r'log(?:ger)?\.(?:info|warning|error|exception)\(\s*"(\w+)"')
    logged = {event for text in sources for event in logging.findall(text)}
    table = OBSERVING.read_text().partition("## Metrics")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == {"call", "request", "library", *logged}


def test_every_metric_of_ours_is_explained() -> None:
    text = OBSERVING.read_text()
    for metric in Metrics().registry.collect():
        sample = f"{metric.name}_total" if metric.type == "counter" else metric.name
        assert f"`{sample}`" in text or sample.startswith(("process_", "python_gc_")), sample
