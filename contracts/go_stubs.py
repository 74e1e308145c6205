"""Go stubs: made wherever there is a Go that can build the module in go.mod; elsewhere `generated/go` is left as it is.

The plugins are tools of the same module (`go tool`), so that go.mod and go.sum pin them, and Go builds them once. The
contracts name no Go package: a plugin is told where each lies. What they import lies where its own authors put it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from contracts.paths import ROOT
from contracts.protoc import ContractError, protoc

PACKAGES: Final = "innkeeper.dev/generated/go"
"""The import path of `generated/go`."""


def why_not() -> str:
    """Why there can be no Go stubs here; empty where there can."""
    if shutil.which("go") is None:
        return "go is not installed"
    has, needs = _release(_go("version")), _release((ROOT / "go.mod").read_text())
    if has < needs:
        return "go {}.{} is older than go.mod asks for, {}.{}".format(*has, *needs)
    return ""


def write(image: Path, out: Path, files: Sequence[str]) -> None:
    """Write the messages and gRPC stubs of `files`, which are in `image`, below `out`, a new folder.

    Raises ContractError where Go cannot build a plugin, say for want of a network at the first time.
    """
    out.mkdir()
    packages = [f"M{file}={PACKAGES}/{PurePosixPath(file).parent};{_package(file)}" for file in files]
    flags: list[str] = []
    for name in ("go", "go-grpc"):
        options = ",".join(["paths=source_relative", *packages])
        flags += [f"--plugin={_go('tool', '-n', f'protoc-gen-{name}')}", f"--{name}_out={options}:{out}"]
    protoc(image, flags, files)


def _package(file: str) -> str:
    # innkeeper/hotels/v1/hotels.proto: hotelsv1
    return "".join(PurePosixPath(file).parent.parts[-2:])


def _go(*arguments: str) -> str:
    done = subprocess.run(["go", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ContractError(f"go {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout.strip()


def _release(text: str) -> tuple[int, int]:
    # "go version go1.26.8 linux/amd64", or the line "go 1.26.0" of go.mod.
    found = re.search(r"\bgo ?(\d+)\.(\d+)", text)
    assert found is not None, text
    return int(found[1]), int(found[2])
