"""Describes the platform's HTTP interface as OpenAPI 3.1: the contracts, as Envoy's transcoder offers them.

    python -m contracts.openapi IMAGE FILE      write the description of the contracts in a descriptor image

Read in this order: `document`, `operations`, `bindings`, `parameters`, `schemas`, `rules`, `standard_types`,
`failures`, `security`, `wording`; `web` has the paths that are no methods of a contract.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from contracts.paths import ROOT
from contracts.protoc import ContractError


def write(image: Path, stubs: Path, out: Path) -> None:
    """Describe the contracts in `image` in the file `out`; their options are read with the `stubs` made of them.

    Raises ContractError where a contract says something that there are no words for.
    """
    out.parent.mkdir()
    command: list[str | Path] = [sys.executable, "-m", "contracts.openapi", image, out]
    path = {**os.environ, "PYTHONPATH": f"{stubs}{os.pathsep}{ROOT}"}
    done = subprocess.run(command, env=path, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ContractError(done.stderr.strip())
