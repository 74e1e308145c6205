"""What brings events in the platforms that tests start."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from drills.rabbitmq import Broker


class Transport:
    """What brings events in the platforms that tests start: nothing in between, or a broker that all tests share."""

    broker: Broker | None = None
    _vhosts: frozenset[str] = frozenset()

    def events_url(self, data_dir: Path) -> str:
        """The value of `INNKEEPER_EVENTS_URL` for a platform with that directory. Platforms of one test share a virtual
        host, others have one of their own."""
        if self.broker is None:
            return ""
        vhost = vhost_of(data_dir)
        if vhost not in self._vhosts:
            self.broker.add_vhost(vhost)
            self._vhosts |= {vhost}
        return self.broker.url(vhost)

    def forget(self, directory: Path) -> None:
        """Takes away what a test whose directory that is has left with the broker."""
        vhost = vhost_of(directory / "any")
        if self.broker is not None and vhost in self._vhosts:
            self.broker.delete_vhost(vhost)
            self._vhosts -= {vhost}


def vhost_of(data_dir: Path) -> str:
    """Named for the directory that pytest made: `…/pytest-7/popen-gw1/test_it0` and all below."""
    found = re.search(r"/(pytest-\d+)((?:/popen-gw\d+)?/[^/]+)", str(data_dir))
    said = found[2] if found else str(data_dir)
    return re.sub(r"[^a-zA-Z0-9_.-]+", "-", said).strip("-")


TRANSPORT: Final = Transport()
"""That of this process, for those who start platforms without a fixture of pytest's."""
