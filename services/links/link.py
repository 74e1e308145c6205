"""A short link, and when it is good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chassis.refusal import InvalidField
from services.links.target import Targets

COLLECTION = "links/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A code that leads to a target; without `expire_time` until it is deleted. `code` is empty until it is stored."""

    code: str = ""
    target: str
    create_time: datetime
    expire_time: datetime | None

    @classmethod
    def create(cls, target: str, *, now: datetime, expire_time: datetime | None, targets: Targets) -> Link:
        """A new link. Raises InvalidField, TargetNotAllowed."""
        targets.check(target)
        if expire_time is not None and expire_time <= now:
            raise InvalidField("link.expire_time", "must be in the future")
        return cls(target=target, create_time=now, expire_time=expire_time)

    @property
    def name(self) -> str:
        """The resource name."""
        return COLLECTION + self.code

    def is_good(self, now: datetime) -> bool:
        """Whether it has not expired."""
        return self.expire_time is None or now < self.expire_time


def code_of(name: str) -> str:
    """The code of the link of that name."""
    return name.removeprefix(COLLECTION)
