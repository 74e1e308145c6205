"""Whether `generated/` is what the contracts give."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from contracts import go_stubs
from contracts.generate import differing, generate
from contracts.protoc import ContractError


def drift(protos: Path, generated: Path) -> None:
    """Generate again, aside, and raise ContractError naming every file that differs, is missing or is stale.

    Where no Go stubs can be made, `generated/go` is not looked at (`unchecked`); in continuous integration that fails.
    """
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch)
        generate(protos, fresh)
        lines = [_describe(path, fresh, generated) for path in differing(fresh, generated)]
    if lines:
        raise ContractError("\n".join([*lines, "`make generate` brings them up to date"]))
    if os.environ.get("CI") == "true" and (missing := unchecked()):
        raise ContractError(missing)


def unchecked() -> str:
    """What is not looked at here, and why; empty where everything is."""
    missing = go_stubs.why_not()
    return f"generated/go is not checked: {missing}" if missing else ""


def _describe(path: Path, fresh: Path, generated: Path) -> str:
    if not (generated / path).exists():
        return f"{generated.name}/{path}: missing"
    if not (fresh / path).exists():
        return f"{generated.name}/{path}: stale, no contract gives it any more"
    return f"{generated.name}/{path}: differs from what the contracts give"
