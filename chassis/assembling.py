"""Puts one service of a process together: its database, brought to the version of the code, and its parts."""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, ExitStack, nullcontext
from dataclasses import dataclass

from cryptography.fernet import Fernet

from chassis.errors import StartError
from chassis.kit import ServiceKit, utc_now
from chassis.privacy.eraser import Eraser
from chassis.security.secrets import Secrets
from chassis.service import Assembly, Service, Subscription, Timer
from chassis.settings import Settings
from chassis.storage.database import Database
from chassis.storage.migrate import migrate, told_at_start
from chassis.storage.requests import forget_old
from chassis.storage.turn import turn

PRUNE_EVERY = 3600.0


@dataclass(frozen=True, slots=True)
class Running:
    """A service in this process, with its parts. `database` is None of one without tables, `eraser` of one without
    personal data."""

    service: Service
    database: Database | None
    assembly: Assembly
    eraser: Eraser | None = None

    def told_at_start(self) -> AbstractContextManager[None]:
        """Raises StartError for whatever the database refuses meanwhile."""
        return told_at_start(self.database) if self.database is not None else nullcontext()

    def subscriptions(self) -> Sequence[Subscription]:
        """What it does with events: what it says itself, and with that of a person who was deleted."""
        own = self.assembly.subscriptions
        return own if self.eraser is None else (*own, self.eraser.subscription())

    def timers(self) -> Iterator[Timer]:
        """What it does again and again: its own timers, and what its database needs."""
        yield from self.assembly.timers
        if self.eraser is not None:
            yield self.eraser.timer()
        if self.database is not None:
            yield Timer("prune-requests", every=PRUNE_EVERY, run=functools.partial(_prune, self.database))


class Databases:
    """Opens the databases of services.

    Args:
        settings: Where they are, and whether they are migrated.
        secrets: Has the key that seals stored answers.
        on_wait: Told how long units of work waited, in seconds (see Database).
    """

    def __init__(self, settings: Settings, secrets: Secrets, on_wait: Callable[[float], None]) -> None:
        self._settings = settings
        self._seal = Fernet(base64.urlsafe_b64encode(secrets.get("stored-answers")))
        self._on_wait = on_wait
        self.migrated = False
        """Whether one was older than the code, and is not any more."""

    def open(self, service: Service, stack: AsyncExitStack, turns: ExitStack) -> Database | None:
        """The service's database, None of one without tables; closed with `stack`.

        Until the end of `turns` no other process begins on it. Raises StartError.
        """
        if service.tables is None:
            return None
        database = Database.open(
            service.name, url=self._settings.database_url, directory=self._settings.data_dir, seal=self._seal
        )
        stack.callback(database.close)
        database.on_wait = self._on_wait
        turns.enter_context(turn(database))
        due = migrate(database, service.migrations, service.tables(), apply=self._settings.migrate_at_start)
        if due and not self._settings.migrate_at_start:
            raise StartError(f"the database of {service.name} is older than the code: run `innkeeper migrate`")
        self.migrated |= bool(due)
        return database


def assembled(service: Service, kit: ServiceKit) -> Running:
    """The service, put together from what it is handed. Raises TypeError where that is not what it declares."""
    assembly = service.assemble(kit)
    if (assembly.servicer is None) != (service.contract is None):
        raise TypeError(f"{service.name} must have both a contract and a servicer, or neither")
    if service.tables is None and (assembly.subscriptions or service.subscribes):
        raise TypeError(f"{service.name} takes in events, and has no tables to keep what it took in")
    if service.holds_personal_data != (assembly.personal_data is not None):
        raise TypeError(f"{service.name} must declare whether it holds personal data, and say how it erases that")
    if assembly.personal_data is None:
        return Running(service, kit.stored, assembly)
    eraser = Eraser(service.name, kit.database, assembly.personal_data, kit.clock)
    return Running(service, kit.stored, assembly, eraser)


async def _prune(database: Database) -> None:
    await database.write(functools.partial(forget_old, now=utc_now()))
