"""`python -m contracts.openapi IMAGE FILE`: describe the contracts of a descriptor image.

A program of its own, as options are read with the stubs that were generated a moment ago, not with those of before.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from contracts.image import Image
from contracts.openapi.document import document
from contracts.protoc import ContractError


def main() -> int:
    """Write the description, in the same bytes for the same contracts."""
    image, target = map(Path, sys.argv[1:])
    try:
        described = document(Image.load(image))
    except ContractError as error:
        print(error, file=sys.stderr)
        return 1
    target.write_text(json.dumps(described, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
