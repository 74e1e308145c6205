"""Whether the contracts keep to the style that buf.yaml sets, and compile without a warning."""

from __future__ import annotations

import tempfile
from pathlib import Path

from contracts.buf import buf
from contracts.generate import build_image
from contracts.protoc import ContractError


def lint(protos: Path) -> None:
    """Raise ContractError where a contract below `protos` breaks a rule of style."""
    with tempfile.TemporaryDirectory() as scratch:
        image = Path(scratch) / "image.binpb"
        # An unused import cannot be seen in an image: the compiler's warning has to do.
        findings = build_image(protos, image)
        try:
            buf("lint", image)
        except ContractError as error:
            findings += str(error)
    if findings:
        raise ContractError(findings.strip())
