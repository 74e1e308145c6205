"""The platform's own OAuth 2 clients: one for each service, by which it calls others, and one for the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chassis.security.service_clients import CLI, all_scopes, needed_scopes
from chassis.service import Kit
from chassis.storage.session import Session
from services.auth.client import Client
from services.auth.store import clients


async def ensure_clients(kit: Kit) -> None:
    """Register every client that is missing, and bring up to date those whose scopes or secret are others now."""
    wanted = platform_clients(kit, kit.clock())
    if await kit.database.read(lambda session: _outdated(session, wanted)):
        await kit.database.write(lambda session: _store(session, wanted))


def platform_clients(kit: Kit, now: datetime) -> list[Client]:
    """A client for each service with the scopes of what it calls, and `cli` with all there are."""
    scopes = {service.name: needed_scopes(service, kit.catalogue) for service in kit.catalogue}
    names = {name: f"The {name} service" for name in scopes} | {CLI: "The command line"}
    scopes[CLI] = all_scopes(kit.catalogue)
    return [
        Client.register(
            client_id,
            display_name=display_name,
            scopes=scopes[client_id],
            secret=kit.client_secret(client_id),
            now=now,
        )
        for client_id, display_name in names.items()
    ]


def _outdated(session: Session, wanted: Sequence[Client]) -> list[Client]:
    return [client for client in wanted if client.differs_from(clients.find(session, client.name))]


def _store(session: Session, wanted: Sequence[Client]) -> None:
    for client in _outdated(session, wanted):
        if clients.find(session, client.name) is None:
            clients.add(session, client)
        else:
            clients.put(session, client)
