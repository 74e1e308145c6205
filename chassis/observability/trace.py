"""The place of a call in its trace (W3C Trace Context, https://www.w3.org/TR/trace-context/)."""

from __future__ import annotations

import re
from random import Random
from typing import NamedTuple

_IDS = Random()
"""Of its own: what others draw from the one that all share stays theirs, whichever thread a span begins on."""

_VERSION = r"(?:00(?=.{53}\Z)|(?!00|ff)[0-9a-f]{2})"
"""Of a later version, more may follow after what is known today."""

_TRACEPARENT = re.compile(_VERSION + r"-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")


class Trace(NamedTuple):
    """The ids of a trace and of the span in it, and whether the trace is recorded.

    The ids are numbers here, and are written in hexadecimal only where somebody reads them.
    """

    trace: int
    span: int
    sampled: bool

    @classmethod
    def root(cls) -> Trace:
        """The beginning of a new trace, not recorded."""
        return cls(_IDS.getrandbits(128) or 1, _IDS.getrandbits(64) or 1, False)

    @classmethod
    def parse(cls, traceparent: str) -> Trace | None:
        """The caller's span from its header; None where the header is not well formed."""
        match = _TRACEPARENT.fullmatch(traceparent)
        return cls(int(match[1], 16), int(match[2], 16), bool(int(match[3], 16) & 1)) if match else None

    def child(self) -> Trace:
        """A new span of the same trace."""
        return Trace(self.trace, _IDS.getrandbits(64) or 1, self.sampled)

    @property
    def trace_id(self) -> str:
        """The id of the trace: 32 hexadecimal digits."""
        return f"{self.trace:032x}"

    @property
    def traceparent(self) -> str:
        """The header that hands the trace on."""
        return f"00-{self.trace:032x}-{self.span:016x}-0{int(self.sampled)}"


NOWHERE = Trace(1, 1, False)
"""The place of a call that no tracing interceptor has seen yet."""
