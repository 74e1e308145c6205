"""`python -m contracts.release`: promise today's contracts.

From here on a change that breaks them fails `make contracts`. A contract that has to break gets a new version, a
package `v2` beside `v1`, and `v1` stays until nobody calls it.
"""

from __future__ import annotations

import sys

from contracts.generate import build_image
from contracts.lint import lint
from contracts.paths import PROTOS, RELEASED, ROOT
from contracts.protoc import ContractError


def main() -> int:
    """Write the released image, if the contracts are fit to be promised."""
    try:
        lint(PROTOS)
        build_image(PROTOS, RELEASED)
    except ContractError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"wrote {RELEASED.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
