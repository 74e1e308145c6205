"""The auth service, put together."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import MetaData

from chassis.service import Assembly, Kit, Service, Subscription, Timer
from chassis.storage.session import Session
from innkeeper.auth.v1 import auth_pb2
from innkeeper.events.v1.events_pb2 import Event
from innkeeper.users.v1.user_events_pb2 import UserDeleted

UPKEEP_SECONDS = 600.0


def assemble(kit: Kit) -> Assembly:
    """The service on its database, with keys sealed by a secret of the data directory."""
    from services.auth.issuer import Issuer
    from services.auth.keyring import Keyring
    from services.auth.passwords import Passwords
    from services.auth.platform_clients import ensure_clients
    from services.auth.servicer import AuthServicer
    from services.auth.signing_keys import KeySeal
    from services.auth.store import accounts, codes, families, keys, revoked
    from services.auth.tokens import AccessTokens

    settings = kit.settings
    life = timedelta(seconds=settings.access_token_seconds)
    tokens = AccessTokens(issuer=settings.public_url, audience=settings.audience, life=life)
    seal = KeySeal(kit.secret("auth-signing"))
    keyring = Keyring(seal, longest_token_life=life)

    async def start() -> None:
        await keyring.ensure(kit.database, kit.clock)
        await ensure_clients(kit)

    def forget_user(session: Session, event: Event, payload: UserDeleted) -> None:
        accounts.remove_of_user(session, payload.user)
        families.revoke_of_user(session, payload.user, kit.clock())
        codes.remove_of_user(session, payload.user)

    def forget_expired(session: Session) -> None:
        now = kit.clock()
        for kind in (codes, families, keys, revoked):
            kind.forget_expired(session, now)

    async def upkeep() -> None:
        await kit.database.write(forget_expired)

    return Assembly(
        servicer=AuthServicer(
            database=kit.database,
            clock=kit.clock,
            passwords=Passwords(settings.argon2_memory_kib),
            tokens=tokens,
            issuer=Issuer(tokens, seal, timedelta(days=settings.refresh_token_days)),
            keyring=keyring,
        ),
        subscriptions=(Subscription(UserDeleted, forget_user),),
        timers=(Timer("forget-expired", every=UPKEEP_SECONDS, run=upkeep),),
        start=start,
    )


def tables() -> MetaData:
    """The tables of its database."""
    from services.auth.store import METADATA

    return METADATA


SERVICE = Service(
    name="auth",
    contract=auth_pb2.DESCRIPTOR.services_by_name["AuthService"],
    subscribes=("users",),
    tables=tables,
    migrations="services.auth.migrations",
    assemble=assemble,
)
