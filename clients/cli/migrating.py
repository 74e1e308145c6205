"""Brings the database of a service to the version of the code while the service does not run."""

from __future__ import annotations

from contextlib import closing

from cryptography.fernet import Fernet

from chassis import data_directory
from chassis.service import Service
from chassis.settings import Settings
from chassis.storage import migrate as storage
from chassis.storage.database import Database


def migrate(service: Service, settings: Settings, *, apply: bool) -> int:
    """Tells, and with `apply` does, what there is to do; returns how many steps that is. Raises StartError."""
    if service.tables is None:
        print(f"{service.name}: has no database")
        return 0
    # Nothing is sealed or opened here, so that any key will do.
    seal = Fernet(Fernet.generate_key())
    data_directory.make_writable(settings.data_dir)
    with closing(
        Database.open(service.name, url=settings.database_url, directory=settings.data_dir, seal=seal)
    ) as database:
        steps = storage.migrate(database, service.migrations, service.tables(), apply=apply)
    for step in steps:
        change = f"{step.before or 'nothing'} → {step.after}"
        print(f"{service.name}: {step.history.package} {change}{'' if apply else ' is due'}")
    if not steps:
        print(f"{service.name}: up to date")
    return len(steps)
