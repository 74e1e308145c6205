"""Secrets that are made at first start and kept in the data directory, readable by their owner alone."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from chassis.errors import StartError

SIZE = 32


class Secrets:
    """A directory with one file a secret, mode 0600.

    Two processes that start at once agree on a secret: whoever links the file into place first has made it.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def get(self, name: str) -> bytes:
        """32 random bytes of that name, the same ever after. Raises StartError for a file that others could read."""
        path = self._directory / name
        if not path.exists():
            self._make(path)
        if path.stat().st_mode & 0o077:
            raise StartError(
                f"{path}: a secret that others can read; run chmod 600 {path}, or delete it to make a new one"
            )
        value = path.read_bytes()
        if len(value) != SIZE:
            raise StartError(f"{path}: must hold {SIZE} bytes and holds {len(value)}; restore it from a backup")
        return value

    def client_secret(self, client_id: str) -> str:
        """The OAuth 2 secret of one of the platform's own clients, as text."""
        return base64.urlsafe_b64encode(self.get(f"client-{client_id}")).decode().rstrip("=")

    def _make(self, path: Path) -> None:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SIZE))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
