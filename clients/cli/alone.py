"""One platform on a data directory at a time: two would write the same databases, and each believe it is alone."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chassis import data_directory
from chassis.start_error import StartError

FILE = "up.lock"


@contextmanager
def alone_on(data_dir: Path) -> Iterator[None]:
    """For as long as this lasts, and the process lives, nobody else gets past here for the same directory.

    Raises StartError where somebody has, or where nothing can be written there.
    """
    data_directory.make_writable(data_dir)
    with (data_dir / FILE).open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(
                f"INNKEEPER_DATA_DIR={data_dir}: another `innkeeper up` runs on it; stop that one, or choose another"
                " directory"
            ) from None
        yield
