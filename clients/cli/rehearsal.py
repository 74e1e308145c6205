"""Starts a platform for one walk through a booking, and says how it went."""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack
from dataclasses import fields
from itertools import chain
from pathlib import Path
from typing import Final

import grpc.aio
import uvloop

from chassis.observability.logs import set_up_logs
from chassis.platform import Platform
from chassis.security.secrets import Secrets
from chassis.security.service_clients import CLI
from chassis.settings import Settings
from clients.catalogue.contact import with_contacts
from clients.catalogue.demo import demo_listings
from clients.cli.failure import Failure
from clients.cli.hotels_file import HotelsFile
from clients.cli.steps import step
from clients.cli.taking_in import take_in
from clients.cli.walk import CITY, Tally, Walk
from innkeeper.hotels.v1.hotels_pb2 import ImportHotelsResponse
from services.catalogue import CATALOGUE

WORLD: Final = {"hotels": 800, "cities": 80}
"""The made-up world of which the hotels of one city are taken."""

EXPECTED: Final = Tally(bookings_confirmed=1, payments_captured=1, refunds=1)


def rehearse(csv: Path | None) -> None:
    """Raises Failure where the walk does not come to one booking, one payment and one refund."""
    real = HotelsFile(csv, seed=1) if csv else None
    with tempfile.TemporaryDirectory(prefix="innkeeper-demo-") as directory:
        settings = Settings.read(
            data_dir=Path(directory),
            database_url="",
            events_url="",
            smtp_url="",
            migrate_at_start=True,
            host="127.0.0.1",
            port=0,
            http_port=0,
            metrics_port=-1,
            addresses={},
            log_level="warning",
        )
        set_up_logs(settings)
        tally = uvloop.run(_walked(settings, real))
    counted = " ".join(f"{field.name}={getattr(tally, field.name)}" for field in fields(Tally))
    if tally != EXPECTED:
        raise Failure(f"demo failed {counted}")
    print(f"demo ok {counted}")


async def _walked(settings: Settings, real: HotelsFile | None) -> Tally:
    async with AsyncExitStack() as stack:
        platform = await step(
            stack.enter_async_context(Platform.started(CATALOGUE, settings)),
            lambda platform: f"started {len(CATALOGUE)} services at grpc://{platform.address}",
        )
        await step(_filled(platform, real), lambda answer: f"took in {answer.created_count} hotels")
        secret = Secrets(settings.data_dir / "secrets").client_secret(CLI)
        channel = await stack.enter_async_context(grpc.aio.insecure_channel(platform.address))
        return await Walk(channel, secret).run()


async def _filled(platform: Platform, real: HotelsFile | None) -> ImportHotelsResponse:
    made_up = (listing for listing in demo_listings(**WORLD) if listing.hotel.address.locality == CITY)
    answer = await take_in(platform, chain(with_contacts(made_up), real.hotels() if real else ()), None)
    await platform.settled()
    return answer
