"""The directory of everything that must outlast the process."""

from __future__ import annotations

import tempfile
from pathlib import Path

from chassis.start_error import StartError


def make_writable(directory: Path) -> None:
    """Makes the directory where it is not there. Raises StartError where nothing can be written in it."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise StartError(
            f"INNKEEPER_DATA_DIR={directory}: cannot be written ({error.strerror}); choose another directory"
        ) from None
