"""Whether the contracts still keep every promise of the released ones."""

from __future__ import annotations

import tempfile
from pathlib import Path

from contracts.buf import buf
from contracts.generate import build_image
from contracts.protoc import ContractError


def breaking(protos: Path, released: Path) -> None:
    """Raise ContractError where a contract below `protos` breaks callers or servers of the `released` image."""
    if not released.exists():
        raise ContractError(f"{released.name} is missing: `make release-contracts` writes it")
    with tempfile.TemporaryDirectory() as scratch:
        image = Path(scratch) / "image.binpb"
        build_image(protos, image)
        buf("breaking", image, "--against", str(released))
