"""An erasure: how far the services are that erase what they hold of a person who was deleted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

SLACK: Final = timedelta(seconds=60)
"""How much the clocks of different processes may differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceErasure:
    """What one service has told: when nothing was left, and when it had looked for the last time. None until then."""

    erase_time: datetime | None = None
    last_time: datetime | None = None

    @property
    def is_done(self) -> bool:
        """Whether nothing is left there."""
        return self.erase_time is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """The erasure of one person's data, with every service that holds personal data.

    `done_time` is when the last service was done, `last_announced` says that all were told once more since.
    """

    user: str
    delete_time: datetime
    services: dict[str, ServiceErasure]
    done_time: datetime | None = None
    last_announced: bool = False

    @classmethod
    def begin(cls, user: str, services: Iterable[str], now: datetime) -> Erasure:
        """The person was deleted; nobody has erased anything yet."""
        return cls(user=user, delete_time=now, services=dict.fromkeys(services, ServiceErasure()))

    def again(self, services: Iterable[str]) -> Erasure:
        """The erasure from its beginning: every service has to tell anew."""
        return Erasure.begin(self.user, services, self.delete_time)

    def told(self, service: str, *, last: bool, at: datetime) -> Erasure:
        """The erasure after a service has told that nothing is left."""
        known = self.services.get(service, ServiceErasure())
        known = replace(known, erase_time=known.erase_time or at, last_time=at if last else known.last_time)
        services = {**self.services, service: known}
        times = [each.erase_time for each in services.values() if each.erase_time is not None]
        # Not `at`: whoever tells last need not have been done last.
        done_time = (self.done_time or max(times)) if len(times) == len(services) else None
        return replace(self, services=services, done_time=done_time)


def last_token_expired(now: datetime, token_life: timedelta) -> datetime:
    """Until when an erasure must have been done for no access token of the person to be good any more: since `auth` is
    done it gives none, and those that it gave before have run out."""
    return now - token_life - SLACK
