"""Keeps a process without TLS to loopback, where nobody else listens in."""

from __future__ import annotations

from chassis.addresses import ips_of
from chassis.errors import StartError
from chassis.settings import Settings


def require_protection(settings: Settings) -> None:
    """Raises StartError where others could listen in: an address that is not loopback, without TLS, and not allowed to.

    A name is looked up; one of its addresses that is not loopback is enough. So is a wildcard.
    """
    try:
        reached_by = ips_of(settings.host)
    except OSError as error:
        raise StartError(
            f"INNKEEPER_HOST={settings.host}: cannot be looked up ({error.strerror}); choose an address of this"
            " machine, such as 127.0.0.1, or 0.0.0.0 for all"
        ) from None
    if settings.tls_dir is None and not settings.allow_plaintext and not all(ip.is_loopback for ip in reached_by):
        raise StartError(
            f"INNKEEPER_HOST={settings.host}: is not loopback, and without TLS others could listen in; listen on"
            " 127.0.0.1, or give certificates (INNKEEPER_TLS_DIR; `innkeeper certs` makes some), or, on a network that"
            " is yours alone, allow it (INNKEEPER_ALLOW_PLAINTEXT=true)"
        )
