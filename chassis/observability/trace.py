"""The place of a call in its trace (W3C Trace Context, https://www.w3.org/TR/trace-context/)."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")


@dataclass(frozen=True, slots=True)
class Trace:
    """The ids of a trace and of the span in it, and whether the trace is recorded."""

    trace_id: str
    span_id: str
    sampled: bool

    @classmethod
    def root(cls, *, sampled: bool = False) -> Trace:
        """The beginning of a new trace."""
        return cls(f"{random.getrandbits(128) or 1:032x}", f"{random.getrandbits(64) or 1:016x}", sampled)

    @classmethod
    def parse(cls, traceparent: str) -> Trace | None:
        """The caller's span from its header; None where the header is not well formed."""
        match = _TRACEPARENT.fullmatch(traceparent)
        return cls(match[1], match[2], bool(int(match[3], 16) & 1)) if match else None

    def child(self) -> Trace:
        """A new span of the same trace."""
        return Trace(self.trace_id, f"{random.getrandbits(64) or 1:016x}", self.sampled)

    @property
    def traceparent(self) -> str:
        """The header that hands the trace on."""
        return f"00-{self.trace_id}-{self.span_id}-0{int(self.sampled)}"
