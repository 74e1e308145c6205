"""Where the mail server is, and how it is spoken to: what the setting says."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from chassis.start_error import StartError

SUBMISSION: Final = 587
SUBMISSIONS: Final = 465


class Protection(Enum):
    """How the connection is protected."""

    TLS = "TLS from the first byte (RFC 8314)"
    STARTTLS = "STARTTLS, and nothing before it"
    NONE = "not at all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A mail server. The password is shown nowhere."""

    host: str
    port: int
    protection: Protection
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str) -> Place:
        """The place that `INNKEEPER_SMTP_URL` names. Raises StartError for a password that would go in the clear."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        implicit, here = parts.scheme == "smtps", _is_loopback(host)
        said = parts.query.removeprefix("starttls=")
        if implicit and said:
            raise StartError("INNKEEPER_SMTP_URL: smtps:// is TLS from the beginning: leave ?starttls out")
        if implicit:
            protection = Protection.TLS
        elif said == "no" or (here and not said):
            protection = Protection.NONE
        else:
            protection = Protection.STARTTLS
        if parts.password and protection is Protection.NONE and not here:
            raise StartError("INNKEEPER_SMTP_URL: a password does not go over a network unencrypted: use smtps://")
        return cls(
            host=host,
            port=parts.port or (SUBMISSIONS if implicit else SUBMISSION),
            protection=protection,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )

    def tls(self, ca_file: Path | None) -> ssl.SSLContext | None:
        """How the server's certificate is verified, by those of the file or of the system. Raises StartError."""
        if self.protection is Protection.NONE:
            return None
        try:
            context = ssl.create_default_context(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise StartError(f"INNKEEPER_SMTP_CA_FILE={ca_file}: holds no certificates: {error}") from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
