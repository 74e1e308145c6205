"""The mailbox directory, where mails go without a mail server: a file each, named for the mail, so that one which is
written again takes the place of itself."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from services.notifications.mail import Mail
from services.notifications.sending.envelope import Sealed
from services.notifications.sending.transport import Unreachable

FOLDER: Final = "mail"
"""Its name in the data directory."""


class Mailbox:
    """A directory of `.eml` files that their owner alone can read."""

    def __init__(self, data_dir: Path) -> None:
        self._directory = data_dir / FOLDER

    async def deliver(self, mail: Mail, sealed: Sealed) -> None:
        """Writes the mail. Raises Unreachable where the disk does not take it."""
        try:
            await asyncio.to_thread(self._write, self.path_of(mail), sealed.content)
        except OSError as error:
            raise Unreachable(f"disk {error.strerror}") from error

    async def withdraw(self, mail: Mail) -> None:
        """Deletes the mail again."""
        await asyncio.to_thread(self.remove, [mail])

    async def probe(self) -> None:
        """Nothing that the next mail does not tell."""

    async def close(self) -> None:
        """Nothing is open."""

    def path_of(self, mail: Mail) -> Path:
        """Where a mail is, or would be: in the order of their dates."""
        return self._directory / f"{mail.due_time:%Y%m%dT%H%M%SZ}-{mail.key}.eml"

    def remove(self, mails: Iterable[Mail]) -> None:
        """Deletes those of the mails that are there, and what a crash has left of one that was being written."""
        for mail in mails:
            path = self.path_of(mail)
            path.unlink(missing_ok=True)
            _draft(path).unlink(missing_ok=True)

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = _draft(path)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}")
