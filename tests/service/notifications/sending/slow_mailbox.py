"""A mailbox that takes its time."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from services.notifications.sending.mailbox import Mailbox


class Slow(Mailbox):
    """Has one mail in hand until it may go on."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir)
        self.taken, self.going = asyncio.Event(), asyncio.Event()
        self.delivered: list[str] = []

    async def deliver(self, mail: Any, sealed: Any) -> None:
        self.delivered.append(mail.name)
        if not self.taken.is_set():
            self.taken.set()
            await self.going.wait()
        await super().deliver(mail, sealed)
