"""`python -m services.documents.press SECONDS`: a process that prints documents, one after the other.

They come by standard input, and go by standard output. It ends when its standard input does, and so with the process
that started it, however that ended; and by the system, when a document takes more than so many seconds of computing. It
loads no gRPC.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from typing import IO, Final

import msgspec

from services.documents.document import Document
from services.documents.frames import receive, send

NICENESS: Final = 5
"""How far it stands back, for the event loop that it works for."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a document: its content, or where it failed. That has no message: those of exceptions may quote
    what is printed."""

    content: bytes = b""
    pages: int = 0
    failure: str = ""


def main() -> int:
    """Prints until there is nothing more to print; the exit code."""
    # Whoever stops the platform tells the process that serves, and that ends this one.
    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, signal.SIG_IGN)
    os.nice(NICENESS)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library might print would be taken for an answer
    try:
        serve(sys.stdin.buffer, answers, longest=float(sys.argv[1]))
    except BrokenPipeError:
        os._exit(0)  # nobody is left who reads: there is nothing to flush
    return 0


def serve(requests: IO[bytes], answers: IO[bytes], *, longest: float) -> None:
    """Prints what comes until no more does. Raises BrokenPipeError where nobody takes the answer."""
    from services.documents.printing import printed

    documents = msgspec.msgpack.Decoder(Document)
    answer = msgspec.msgpack.Encoder()
    while (request := receive(requests)) is not None:
        signal.setitimer(signal.ITIMER_PROF, longest)
        try:
            made = printed(documents.decode(request))
            told = Answer(content=made.content, pages=made.pages)
        except Exception as error:
            told = Answer(failure=_where(error))
        signal.setitimer(signal.ITIMER_PROF, 0)
        send(answers, answer.encode(told))


def _where(error: Exception) -> str:
    """What kind of exception it was, and where it was raised."""
    places = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} at " + " < ".join(f"{it.name}:{it.lineno}" for it in reversed(places))


if __name__ == "__main__":
    sys.exit(main())
