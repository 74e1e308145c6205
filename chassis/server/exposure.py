"""Keeps what goes without TLS to loopback, where nobody else listens in."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from chassis.addresses import Ip, ips_of
from chassis.settings import Settings
from chassis.start_error import StartError

_OWN_CERTIFICATES = "certificates (INNKEEPER_TLS_DIR; `innkeeper certs` makes some)"


def require_protection(settings: Settings) -> None:
    """Raises StartError where others could listen in to the calls of services, or to their events."""
    protected_ips("INNKEEPER_HOST", settings.host, settings.tls_dir, settings, _OWN_CERTIFICATES)
    broker = urlsplit(settings.events_url)
    if broker.scheme == "amqp" and not settings.allow_plaintext and not _is_loopback(broker.hostname or ""):
        raise StartError(
            f"INNKEEPER_EVENTS_URL: {broker.hostname} is not loopback, and without TLS others could listen in; use amqps://,"
            " or, on a network that is yours alone, allow it (INNKEEPER_ALLOW_PLAINTEXT=true)"
        )


def protected_ips(variable: str, host: str, tls_dir: Path | None, settings: Settings, certificates: str) -> list[Ip]:
    """The addresses of the host that the variable names, in the order in which the system would have them tried.

    Raises StartError where others could listen in: at an address that is not loopback, without TLS, and not allowed to.
    A name is looked up; one of its addresses that is not loopback is enough. So is a wildcard.

    Args:
        variable: Names the host.
        host: A name or address of this machine.
        tls_dir: Where the certificate is; None without TLS.
        settings: Say whether it is allowed all the same.
        certificates: How to have some.
    """
    try:
        reached_by = ips_of(host)
    except OSError as error:
        raise StartError(
            f"{variable}={host}: cannot be looked up ({error.strerror}); choose an address of this machine, such as"
            " 127.0.0.1, or 0.0.0.0 for all"
        ) from None
    if tls_dir is None and not settings.allow_plaintext and not all(ip.is_loopback for ip in reached_by):
        raise StartError(
            f"{variable}={host}: is not loopback, and without TLS others could listen in; listen on 127.0.0.1, or give"
            f" {certificates}, or, on a network that is yours alone, allow it (INNKEEPER_ALLOW_PLAINTEXT=true)"
        )
    return reached_by


def _is_loopback(host: str) -> bool:
    """Whether all addresses of a host are loopback; that of a name which is not known is not."""
    try:
        return all(ip.is_loopback for ip in ips_of(host))
    except OSError:
        return False
