"""Where the contract and what is made of it live, from the top of the repository."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PROTOS: Final = ROOT / "protos"
GENERATED: Final = ROOT / "generated"
BUF_CONFIG: Final = ROOT / "buf.yaml"

RELEASED: Final = ROOT / "contracts" / "released.binpb"
"""The descriptor image of the last released contract: what `breaking` compares with."""

IMAGE: Final = Path("descriptors") / "innkeeper.binpb"
"""The descriptor image of today's contract, below `generated/`: complete with imports and comments."""

OPENAPI: Final = Path("openapi") / "openapi.json"
"""The description of today's HTTP interface, below `generated/`."""


def contract_files(protos: Path) -> list[str]:
    """Every contract below `protos`, by the name that other contracts import it by, in a stable order."""
    return sorted(path.relative_to(protos).as_posix() for path in protos.rglob("*.proto"))
