"""The service that CONTRIBUTING writes, file by file, keeps the rules of the contracts, and runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.paths import ROOT
from tests.journey.command import PATIENCE

FOLDERS = ("chassis", "clients", "contracts", "generated", "protos", "services", "tests")
FILES = ("buf.yaml", "go.mod", "go.sum", "pyproject.toml")
SHOWN = re.compile(
    r"`([a-z/0-9_]*reviews/[a-z/0-9_]+\.(?:proto|py))`(?:(?!```).)*?```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the repository with the files that CONTRIBUTING shows, each below the path that it names."""
    copy = tmp_path / "innkeeper"
    copy.mkdir()
    for name in FOLDERS:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, copy)
    for name, content in SHOWN.findall((ROOT / "CONTRIBUTING.md").read_text()):
        file = copy / name
        for folder in reversed(file.relative_to(copy).parents):
            if folder.parts and folder.parts[0] != "protos":
                (copy / folder).mkdir(exist_ok=True)
                (copy / folder / "__init__.py").touch()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return copy


def run(copy: Path, *command: str) -> str:
    """What a Python module says in the copy, where it works."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": f"{copy}:{copy / 'generated' / 'python'}"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_service_of_your_own(copy: Path) -> None:
    assert "wrote generated/python/innkeeper/reviews/v1/reviews_pb2.py" in run(copy, "contracts.generate")
    run(copy, "contracts.check")
    run(copy, "ruff", "check", "--no-cache", "services/reviews", "tests/service/reviews")
    run(copy, "ruff", "format", "--no-cache", "--check", "services/reviews", "tests/service/reviews")
    assert "2 passed" in run(copy, "pytest", "-q", "-p", "no:cacheprovider", "tests/service/reviews")
