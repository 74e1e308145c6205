"""Sends what is queued in a directory, and dies, as by `kill -9`, right after the first mail is taken and before that
is noted: `python -m tests.service.notifications.sending.crashing DIRECTORY URL CA_FILE`, without URL to the mailbox."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from services.notifications.mail import Mail
from services.notifications.sending.envelope import Sealed
from services.notifications.sending.mailbox import Mailbox
from services.notifications.sending.transport import Transport
from tests.service.notifications.sending.sorting_office import SortingOffice, opened, relay


class Dying:
    """A transport that outlives no mail."""

    def __init__(self, transport: Transport) -> None:
        self.probe, self.close, self.withdraw = transport.probe, transport.close, transport.withdraw
        self._deliver = transport.deliver

    async def deliver(self, mail: Mail, sealed: Sealed) -> None:
        await self._deliver(mail, sealed)
        os.kill(os.getpid(), signal.SIGKILL)


async def main(directory: Path, url: str, ca_file: str) -> None:
    transport = relay(url, Path(ca_file)) if url else Mailbox(directory)
    async with SortingOffice(opened(directory), Dying(transport), concurrency=1).at_work():
        await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
