"""One unit of work, on its way to a database thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from chassis.storage.session import Session

T = TypeVar("T")


@dataclass(slots=True)
class Unit(Generic[T]):
    """What to do with a session, and what to do once it is stored. `info` becomes the session's own."""

    work: Callable[[Session], T]
    info: dict[str, Any] = field(default_factory=dict)
    stored: Callable[[dict[str, Any]], None] = lambda info: None

    def committed(self, future: Future[T], result: T) -> None:
        """The unit's effect is durable: tell the caller, and whoever waits for what it recorded."""
        future.set_result(result)
        self.stored(self.info)
