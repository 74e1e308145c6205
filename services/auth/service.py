"""The auth service, put together."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import MetaData

from chassis.service import Assembly, Kit, Service, Timer
from chassis.storage.session import Session
from innkeeper.auth.v1 import auth_pb2

UPKEEP_SECONDS = 600.0


def assemble(kit: Kit) -> Assembly:
    """The service on its database, with keys sealed by a secret of the data directory."""
    from services.auth.issuer import Issuer
    from services.auth.keyring import Keyring
    from services.auth.passwords import Passwords
    from services.auth.person import personal_data
    from services.auth.platform_clients import ensure_clients
    from services.auth.servicer import AuthServicer
    from services.auth.signing_keys import KeySeal
    from services.auth.store import codes, families, keys, revoked
    from services.auth.tokens import AccessTokens

    settings = kit.settings
    life = timedelta(seconds=settings.access_token_seconds)
    tokens = AccessTokens(issuer=settings.public_url, audience=settings.audience, life=life)
    seal = KeySeal(kit.secret("auth-signing"))
    keyring = Keyring(seal, longest_token_life=life)

    async def start() -> None:
        await keyring.ensure(kit.database, kit.clock)
        await ensure_clients(kit)

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
        timers=(Timer("forget-expired", every=UPKEEP_SECONDS, run=upkeep),),
        start=start,
        personal_data=personal_data(kit.clock),
    )


def tables() -> MetaData:
    """The tables of its database."""
    from services.auth.store import METADATA

    return METADATA


SERVICE = Service(
    name="auth",
    contract=auth_pb2.DESCRIPTOR.services_by_name["AuthService"],
    tables=tables,
    migrations="services.auth.migrations",
    assemble=assemble,
    holds_personal_data=True,
)
