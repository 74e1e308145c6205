"""How the service and a process that prints speak through a pipe: each message is its length and its bytes."""

from __future__ import annotations

import struct
from typing import IO, Final

LENGTH: Final = struct.Struct(">I")


def send(pipe: IO[bytes], message: bytes) -> None:
    """Raises OSError where nobody reads any more."""
    pipe.write(LENGTH.pack(len(message)))
    pipe.write(message)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """The next message; None where the other side ended, be it in the middle of one."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    message = pipe.read(length)
    return message if len(message) == length else None
