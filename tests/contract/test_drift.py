"""The check for drift names every generated file that is not what the contracts give."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from contracts.drift import drift
from contracts.generate import generate
from contracts.paths import IMAGE, PROTOS
from contracts.protoc import ContractError

USERS = Path("python/innkeeper/users/v1/users_pb2.py")


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What today's contracts give."""
    out = tmp_path_factory.mktemp("fresh")
    generate(PROTOS, out)
    return out


@pytest.fixture
def generated(fresh: Path, tmp_path: Path) -> Path:
    """The same, to be meddled with."""
    return Path(shutil.copytree(fresh, tmp_path / "generated"))


def test_the_same_contracts_give_the_same_bytes(generated: Path) -> None:
    drift(PROTOS, generated)


def test_a_file_edited_by_hand_is_named(generated: Path) -> None:
    (generated / USERS).write_text("# by hand\n")

    with pytest.raises(ContractError, match=rf"generated/{USERS}: differs"):
        drift(PROTOS, generated)


def test_a_missing_file_is_named(generated: Path) -> None:
    (generated / IMAGE).unlink()

    with pytest.raises(ContractError, match=rf"generated/{IMAGE}: missing"):
        drift(PROTOS, generated)


def test_a_stale_file_is_named(generated: Path) -> None:
    (generated / "python/innkeeper/gone_pb2.py").write_text("")

    with pytest.raises(ContractError, match=r"generated/python/innkeeper/gone_pb2\.py: stale"):
        drift(PROTOS, generated)
