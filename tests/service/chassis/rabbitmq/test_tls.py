"""A broker that is spoken with by TLS, and shows a certificate of the platform's authority."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.cli.development_ca import DevelopmentCa
from drills.rabbitmq import Broker, running
from tests.certificates import authority, put
from tests.service.chassis.rabbitmq.conftest import Lines
from tests.service.chassis.rabbitmq.listener import Listener, happened, heard
from tests.toy.service import started, toy, until

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentCa:
    """The platform's authority."""
    return authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory, rabbitmq_binary: Path, ca: DevelopmentCa) -> Iterator[Broker]:
    """A node with a certificate of that authority, which asks its clients for one."""
    tls = put(tmp_path_factory.mktemp("broker"), ca, ["localhost"])
    with running(rabbitmq_binary, tls=tls) as node:
        node.broker.add_vhost("v")
        yield node.broker


async def test_events_by_tls(tmp_path: Path, broker: Broker, ca: DevelopmentCa) -> None:
    tls_dir = put(tmp_path, ca, ["toy", "listener"])
    settings = {"tls_dir": tls_dir, "events_url": broker.url("v", tls=True)}
    async with started(tmp_path / "data", toy(), Listener().service(), **settings) as running:
        await happened(running, "one")
        await heard(running, "one")


async def test_a_broker_of_somebody_else_gets_no_events(tmp_path: Path, broker: Broker, logged: Lines) -> None:
    tls_dir = put(tmp_path / "tls", authority(tmp_path / "other"), ["toy", "listener"])
    settings = {"tls_dir": tls_dir, "events_url": broker.url("v", tls=True)}
    async with started(tmp_path / "data", toy(), Listener().service(), **settings) as running:
        await happened(running, "one")
        await until(lambda: any(line["event"] == "broker_lost" for line in logged))
    said = next(line["error"] for line in logged if line["event"] == "broker_lost")
    assert "CERTIFICATE_VERIFY_FAILED" in said


async def test_a_password_that_is_wrong(tmp_path: Path, broker: Broker, logged: Lines) -> None:
    url = broker.url("v").replace(broker.password, "mistaken")
    async with started(tmp_path / "data", toy(), Listener().service(), events_url=url) as running:
        await happened(running, "one")
        await until(lambda: any(line["event"] == "broker_lost" for line in logged))
    assert "ACCESS_REFUSED" in str(logged)
    assert "mistaken" not in str(logged)
