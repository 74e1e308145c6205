"""What a client did not accept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A NACK: the client with that node id refused resources of a type, and goes on with those from before."""

    node: str
    type_url: str
    reason: str
    time: datetime
