"""The check for drift names every generated file that is not what the contracts give."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from contracts.drift import drift, unchecked
from contracts.generate import generate
from contracts.paths import IMAGE, PROTOS
from contracts.protoc import ContractError

USERS = Path("python/innkeeper/users/v1/users_pb2.py")
GO_USERS = Path("go/innkeeper/users/v1/users.pb.go")


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


@pytest.mark.usefixtures("go")
def test_a_go_stub_edited_by_hand_is_named(generated: Path) -> None:
    (generated / GO_USERS).write_text("// by hand\n")

    with pytest.raises(ContractError, match=rf"generated/{GO_USERS}: differs"):
        drift(PROTOS, generated)


@pytest.mark.parametrize(
    ("on_the_path", "because"),
    [
        pytest.param("", "go is not installed", id="none"),
        pytest.param("go version go1.19.8 linux/amd64", r"go 1\.19 is older than go\.mod asks for", id="too-old"),
    ],
)
def test_without_a_go_its_stubs_are_left_out_and_named_and_fail_ci(
    on_the_path: str, because: str, generated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if on_the_path:
        (tmp_path / "go").write_text(f"#!/bin/sh\necho {on_the_path}\n")
        (tmp_path / "go").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    (generated / GO_USERS).parent.mkdir(parents=True, exist_ok=True)
    (generated / GO_USERS).write_text("// by hand\n")

    monkeypatch.setenv("CI", "")
    drift(PROTOS, generated)
    assert re.match(f"generated/go is not checked: {because}", unchecked())

    monkeypatch.setenv("CI", "true")
    with pytest.raises(ContractError, match=because):
        drift(PROTOS, generated)
