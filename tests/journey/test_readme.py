"""What the README tells its reader to type works word for word, and prints what the README says."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.paths import ROOT
from tests.journey.readme import START, Block, Places, Reader, blocks

BLOCKS = blocks((ROOT / "README.md").read_text())
TESTS = "make test\n"
"""Not run from within: it is what runs this test."""

SPLIT = ".venv/bin/innkeeper up --split --replicas booking=2\n"
JOIN = ".venv/bin/innkeeper serve search --registry 127.0.0.1:7000 --variant v2\n"
SHIFT = ".venv/bin/innkeeper traffic set search v2=10\n"


@pytest.fixture(scope="module")
def grpcurl() -> None:
    """Continuous integration has to have grpcurl; at a desk it may be missing."""
    if shutil.which("grpcurl") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("grpcurl is not installed: .ci/run installs it")
        pytest.skip("not run: grpcurl is not installed")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Reader, Places]]:
    """A reader with a platform that was started as the README says, and its addresses."""
    reader = Reader(tmp_path_factory.mktemp("readme") / "data")
    with reader.run(block_of(START)) as places:
        yield reader, places


def to_paste(*, grpcurl: bool) -> list[Block]:
    """The blocks of the first session that need grpcurl, or the others."""
    other = (START, TESTS, SPLIT, JOIN, SHIFT)
    return [block for block in BLOCKS if block.code not in other and ("grpcurl" in block.code) is grpcurl]


def block_of(code: str) -> Block:
    """The block of that code."""
    return next(block for block in BLOCKS if block.code == code)


def test_the_readme_has_a_session_for_every_kind_of_caller() -> None:
    assert [block.code for block in BLOCKS[:2]] == [START, TESTS]
    assert {block.language for block in BLOCKS} == {"sh", "python"}
    assert to_paste(grpcurl=True)
    assert any(".venv/bin/innkeeper shell" in block.code for block in to_paste(grpcurl=False))


@pytest.mark.timeout(180)
def test_the_first_session_works(session: tuple[Reader, Places]) -> None:
    reader, places = session
    for block in to_paste(grpcurl=False):
        reader.paste(block.at(places))


@pytest.mark.timeout(180)
@pytest.mark.usefixtures("grpcurl")
def test_the_session_with_grpcurl_works(session: tuple[Reader, Places]) -> None:
    reader, places = session
    for block in to_paste(grpcurl=True):
        reader.paste(block.at(places))


@pytest.mark.timeout(180)
def test_the_session_works_with_several_processes(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "data")
    with reader.run(block_of(SPLIT)) as places:
        for block in to_paste(grpcurl=False):
            if ".venv/bin/innkeeper shell" in block.code:
                reader.paste(block.at(places))
        with reader.run(block_of(JOIN).at(places)):
            reader.paste(block_of(SHIFT))
