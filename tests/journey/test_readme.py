"""What the README tells its reader to type works word for word, and prints what the README says."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from contracts.paths import ROOT
from tests.journey.readme import START, Block, Reader, blocks

BLOCKS = blocks((ROOT / "README.md").read_text())
TESTS = "make test\n"
"""Not run from within: it is what runs this test."""


@pytest.fixture(scope="module")
def grpcurl() -> None:
    """Continuous integration has to have grpcurl; at a desk it may be missing."""
    if shutil.which("grpcurl") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("grpcurl is not installed: .ci/run installs it")
        pytest.skip("not run: grpcurl is not installed")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Reader, str]]:
    """A reader with a platform that was started as the README says, and its address."""
    reader = Reader(tmp_path_factory.mktemp("readme") / "data")
    start = next(block for block in BLOCKS if block.code == START)
    with reader.run(start) as address:
        yield reader, address


def to_paste(*, grpcurl: bool) -> list[Block]:
    """The blocks of the first session that need grpcurl, or the others."""
    return [block for block in BLOCKS if block.code not in (START, TESTS) and ("grpcurl" in block.code) is grpcurl]


def test_the_readme_has_a_session_for_every_kind_of_caller() -> None:
    assert [block.code for block in BLOCKS[:2]] == [START, TESTS]
    assert {block.language for block in BLOCKS} == {"sh", "python"}
    assert to_paste(grpcurl=True)
    assert any(".venv/bin/innkeeper shell" in block.code for block in to_paste(grpcurl=False))


def test_the_first_session_works(session: tuple[Reader, str]) -> None:
    reader, address = session
    for block in to_paste(grpcurl=False):
        reader.paste(block.at(address))


@pytest.mark.usefixtures("grpcurl")
def test_the_session_with_grpcurl_works(session: tuple[Reader, str]) -> None:
    reader, address = session
    for block in to_paste(grpcurl=True):
        reader.paste(block.at(address))
