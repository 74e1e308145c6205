"""`python -m contracts.check`: every check of the contracts that needs no running service. Fails if one fails."""

from __future__ import annotations

import sys
from collections.abc import Callable

from contracts.breaking import breaking
from contracts.drift import drift, unchecked
from contracts.lint import lint
from contracts.paths import GENERATED, PROTOS, RELEASED
from contracts.protoc import ContractError


def main() -> int:
    """Run all the checks, also after one has failed, so that one run tells everything."""
    outcomes = [
        _passes("lint", lambda: lint(PROTOS)),
        _passes("breaking", lambda: breaking(PROTOS, RELEASED)),
        _passes("drift", lambda: drift(PROTOS, GENERATED), unchecked()),
    ]
    return 0 if all(outcomes) else 1


def _passes(name: str, check: Callable[[], None], left_out: str = "") -> bool:
    try:
        check()
    except ContractError as error:
        print(f"{name}: FAILED\n{error}", file=sys.stderr)
        return False
    print(f"{name}: ok ({left_out})" if left_out else f"{name}: ok")
    return True


if __name__ == "__main__":
    sys.exit(main())
