"""One run of buf on a descriptor image."""

from __future__ import annotations

import subprocess
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from contracts.paths import BUF_CONFIG
from contracts.protoc import ContractError

OURS: Final = "innkeeper"
"""The folder of the image that is checked; the rest is third-party files, which others answer for."""


def buf(command: str, image: Path, *flags: str, paths: Sequence[str] = (OURS,)) -> None:
    """Run `buf <command>` on our part of an image, or on those files of it, by the rules of buf.yaml.

    Raises ContractError with buf's findings, a line each: file, line, column and what is wrong there.
    """
    program = Path(sysconfig.get_path("scripts")) / "buf"
    arguments: list[str | Path] = [program, command, image, "--config", BUF_CONFIG, *flags]
    for path in paths:
        arguments += ["--path", path]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ContractError((done.stdout + done.stderr).strip())
