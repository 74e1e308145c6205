"""The certificates of a whole platform for development, in the directories where its processes look for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from chassis.security.service_clients import CLI
from chassis.security.tls_directory import AUTHORITY, CERTIFICATE, KEY
from clients.cli.development_ca import DevelopmentCa, write
from clients.cli.edge import EDGE
from clients.cli.failure import Failure, Mistake

LOOPBACK = ("localhost", "127.0.0.1", "::1")
BY_ADDRESS = ("registry", EDGE)
"""Who is known by the machine on which it runs."""

_HOST = re.compile(r"(?=.{1,253}$)(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")


def known_host(name: str) -> str:
    """The name or address of a machine, as a certificate has it. Raises Mistake for what is neither."""
    try:
        return str(ip_address(name.strip("[]")))
    except ValueError:
        pass
    if not _HOST.fullmatch(name.lower()) or name.rpartition(".")[2].isdecimal():
        raise Mistake(
            f"--host {name}: is neither an IP address nor the name of a machine; leave out what is not part of"
            " it, such as https:// or a port"
        )
    return name.lower()


def make(directory: Path, services: Sequence[str], hosts: Sequence[str], days: int) -> str:
    """Make the certificates, and return what there is to say of it.

    The names of machines go into the certificate for all services, the registry's and the edge's: their clients know
    them by their address, while every other service is known by its name. Raises Failure where the files cannot be
    written, or an authority that is there cannot sign.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    everywhere = [*LOOPBACK, *(host for host in dict.fromkeys(hosts) if host not in LOOPBACK)]
    try:
        known = DevelopmentCa.load(directory / "ca", now)
        ca = known or DevelopmentCa.create(directory / "ca", now)
        until = min(now + timedelta(days=days), ca.certificate.not_valid_after_utc)
        renewed = (directory / CERTIFICATE).exists()
        _put(directory, ca, ca.issue("innkeeper", [*services, *everywhere], now=now, until=until))
        for name in services:
            hosts_of = everywhere if name in BY_ADDRESS else LOOPBACK
            _put(directory / name, ca, ca.issue(name, [name, *hosts_of], now=now, until=until))
        _put(directory / CLI, ca, ca.issue(CLI, [CLI], now=now, until=until, server=False))
    except OSError as error:
        raise Failure(f"{error.filename or directory}: cannot be written ({error.strerror})") from None
    authority = "was there already, and is used again" if known else "new; nothing but this command needs it"
    replaced = ", in place of those that were there" if renewed else ""
    return (
        f"authority     {directory / 'ca'}: {authority}\n"
        f"certificates  {directory}: for all services together, and one each for {', '.join((*services, CLI))}"
        f"{replaced}\n"
        f"good for      {', '.join(everywhere)}; until {until:%Y-%m-%d}\n"
        f"to use them   INNKEEPER_TLS_DIR={directory.resolve()}"
    )


def _put(directory: Path, ca: DevelopmentCa, issued: tuple[bytes, bytes]) -> None:
    certificate, key = issued
    write(directory / AUTHORITY, ca.pem, mode=0o644)
    write(directory / CERTIFICATE, certificate, mode=0o644)
    write(directory / KEY, key, mode=0o600)
