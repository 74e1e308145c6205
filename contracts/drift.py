"""Whether `generated/` is what the contracts give."""

from __future__ import annotations

import tempfile
from pathlib import Path

from contracts.generate import differing, generate
from contracts.protoc import ContractError


def drift(protos: Path, generated: Path) -> None:
    """Generate again, aside, and raise ContractError naming every file that differs, is missing or is stale."""
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch)
        generate(protos, fresh)
        lines = [_describe(path, fresh, generated) for path in differing(fresh, generated)]
    if lines:
        raise ContractError("\n".join([*lines, "`make generate` brings them up to date"]))


def _describe(path: Path, fresh: Path, generated: Path) -> str:
    if not (generated / path).exists():
        return f"{generated.name}/{path}: missing"
    if not (fresh / path).exists():
        return f"{generated.name}/{path}: stale, no contract gives it any more"
    return f"{generated.name}/{path}: differs from what the contracts give"
