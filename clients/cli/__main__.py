"""`python -m clients.cli`: the `innkeeper` command, wherever its script is not at hand."""

from __future__ import annotations

import sys

from clients.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
