"""A composer that takes its time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email.message import EmailMessage

from services.notifications.mail import Mail
from tests.service.notifications.sending.sorting_office import Letters


@dataclass
class SlowLetters(Letters):
    """Has a mail in hand until it may go on."""

    composing: asyncio.Event = field(default_factory=asyncio.Event)
    going: asyncio.Event = field(default_factory=asyncio.Event)

    async def compose(self, mail: Mail) -> EmailMessage | None:
        self.composing.set()
        await self.going.wait()
        return await super().compose(mail)
