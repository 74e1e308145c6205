"""One run of the protocol compiler that grpcio-tools brings."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Final

PLUGINS: Final = ("protoc-gen-mypy", "protoc-gen-mypy_grpc")


class ContractError(Exception):
    """A contract that does not compile, or breaks a promise. The message names file and line, for people to read."""


def protoc(descriptors: Path, flags: Sequence[str], files: Sequence[str]) -> str:
    """Run protoc on `files`, named as they are imported; what `descriptors` holds need not be there as source.

    Returns the compiler's warnings. Raises ContractError with the compiler's own words where the contract is wrong.
    """
    scripts = Path(sysconfig.get_path("scripts"))
    command = [
        sys.executable,
        "-m",
        "grpc_tools.protoc",
        f"--descriptor_set_in={descriptors}",
        *(f"--plugin={plugin}={scripts / plugin}" for plugin in PLUGINS),
        *flags,
        *files,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ContractError(done.stderr.strip() or done.stdout.strip())
    return done.stderr
