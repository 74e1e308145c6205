"""Without TLS a process stays on loopback, unless it is told not to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chassis.errors import StartError
from chassis.server.exposure import require_protection
from chassis.settings import Settings

ELSEWHERE = ["0.0.0.0", "::", "[::]", "0", "10.0.0.5", "fd00::5", "::ffff:10.0.0.5", "::ffff:0.0.0.0"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.53", "::1", "[::1]", "localhost", "::ffff:127.0.0.1"])
def test_loopback_needs_nothing(host: str) -> None:
    require_protection(Settings.read(host=host))


@pytest.mark.parametrize("host", ELSEWHERE)
def test_other_addresses_are_refused(host: str) -> None:
    with pytest.raises(StartError) as raised:
        require_protection(Settings.read(host=host))
    said = str(raised.value)
    assert said.startswith(f"INNKEEPER_HOST={host}: ")
    assert all(way in said for way in ("127.0.0.1", "INNKEEPER_TLS_DIR", "INNKEEPER_ALLOW_PLAINTEXT=true"))


@pytest.mark.parametrize("host", ELSEWHERE)
@pytest.mark.parametrize(
    "settings", [{"tls_dir": Path("tls")}, {"allow_plaintext": True}], ids=["with TLS", "plain, but allowed"]
)
def test_other_addresses_with_leave(host: str, settings: dict[str, Any]) -> None:
    require_protection(Settings.read(host=host, **settings))


@pytest.mark.parametrize("settings", [{}, {"allow_plaintext": True}], ids=["by default", "plain, and allowed"])
def test_a_host_that_cannot_be_looked_up(settings: dict[str, Any]) -> None:
    with pytest.raises(StartError, match=r"^INNKEEPER_HOST=no.such.host.invalid: cannot be looked up"):
        require_protection(Settings.read(host="no.such.host.invalid", **settings))


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_a_broker_on_loopback_needs_nothing(host: str) -> None:
    require_protection(Settings.read(events_url=f"amqp://a:secret@{host}/v"))


@pytest.mark.parametrize("host", ["10.0.0.5", "[fd00::5]", "no.such.host.invalid"])
def test_a_broker_elsewhere_is_spoken_with_by_tls(host: str) -> None:
    require_protection(Settings.read(events_url=f"amqps://a:secret@{host}/v"))
    require_protection(Settings.read(events_url=f"amqp://a:secret@{host}/v", allow_plaintext=True))
    with pytest.raises(StartError, match=r"^INNKEEPER_EVENTS_URL: .* is not loopback.*amqps://") as raised:
        require_protection(Settings.read(events_url=f"amqp://a:secret@{host}/v"))
    assert "secret" not in str(raised.value)
