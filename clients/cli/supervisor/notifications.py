"""Hears from the processes that they are ready: the other end of `clients.cli.readiness`."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping

LARGEST = 4096
CREDENTIALS = struct.Struct("3i")
"""`struct ucred`: process, user and group, as the kernel vouches for them (unix(7))."""

Heard = Callable[[int, Mapping[str, str]], None]


class Notifications:
    """A socket of the abstract namespace, which leaves nothing behind however the supervisor ends.

    Args:
        heard: Gets the process id of each sender, and what it says, by name.
    """

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._socket.bind("")  # the kernel chooses a name
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._read)

    @property
    def name(self) -> str:
        """For NOTIFY_SOCKET."""
        name = self._socket.getsockname()
        return f"@{name[1:].decode()}"

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._socket.close()

    def _read(self) -> None:
        try:
            data, ancillary, _, _ = self._socket.recvmsg(LARGEST, socket.CMSG_SPACE(CREDENTIALS.size))
        except BlockingIOError:
            return
        for level, kind, payload in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
                process_id, _, _ = CREDENTIALS.unpack(payload[: CREDENTIALS.size])
                pairs = (line.partition("=") for line in data.decode(errors="replace").splitlines())
                self._heard(process_id, {name: value for name, _, value in pairs})
