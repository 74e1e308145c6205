"""Where the edge is: found out before anything is started."""

from __future__ import annotations

import os
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chassis.addresses import joined, nearby, parted
from chassis.server.exposure import protected_ips
from chassis.settings import Settings
from chassis.start_error import StartError
from clients.cli.edge import EDGE
from clients.cli.supervisor.ports import free_port

LONGEST_SOCKET: Final = 107
"""Bytes that the path of a Unix socket may have (unix(7))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgePlace:
    """Where the edge is called, and by whom it is run.

    `listen` is an address as `127.0.0.1:8080`, and so is `redirect`, or empty where nothing sends plain HTTP to https.
    `directory` holds the `configuration` that it is started with, and the socket `admin` of its admin interface.
    """

    listen: str
    redirect: str
    secure: bool
    directory: Path

    @classmethod
    def of(cls, settings: Settings) -> EdgePlace:
        """As the settings say; with a free port where they leave that open.

        Raises StartError where others could listen in, or the settings want no edge.
        """
        if settings.edge_port < 0:
            raise StartError("INNKEEPER_EDGE_PORT=-1: is for no edge; choose a port, or 0 for a free one")
        found = protected_ips(
            "INNKEEPER_EDGE_HOST",
            settings.edge_host,
            settings.edge_tls_dir,
            settings,
            "a certificate (INNKEEPER_EDGE_TLS_DIR)",
        )
        host = str(found[0])  # Envoy looks up no names
        secure = settings.edge_tls_dir is not None
        redirects = secure and settings.edge_redirect_port >= 0
        return cls(
            listen=_address(host, settings.edge_port),
            redirect=_address(host, settings.edge_redirect_port) if redirects else "",
            secure=secure,
            directory=settings.data_dir.absolute() / EDGE,
        )

    def require_free(self) -> None:
        """Raises StartError where somebody listens there already."""
        for setting, address in self._addresses.items():
            host, port = parted(address)
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            try:
                socket.create_server((host, port), family=family).close()
            except OSError as error:
                why = os.strerror(error.errno or 0)  # without the address, which `create_server` adds
                raise StartError(
                    f"{setting}={port}: {address} cannot be listened on ({why}); choose another port, 0 for"
                    " a free one, or -1 for none"
                ) from None

    @property
    def ports(self) -> dict[str, str]:
        """The settings that name the ports, for who is to listen there now and after each restart."""
        return {setting: address.rpartition(":")[2] for setting, address in self._addresses.items()}

    @property
    def listeners(self) -> int:
        """How many addresses there are."""
        return len(self._addresses)

    @property
    def url(self) -> str:
        """Where somebody on this machine finds it: `http://127.0.0.1:8080`."""
        host, port = parted(self.listen)
        return f"http{'s' if self.secure else ''}://{joined(nearby(host), port)}"

    @property
    def configuration(self) -> Path:
        """The file that it is started with. By the port, so that several may share a directory."""
        return self.directory / f"{parted(self.listen)[1]}.json"

    @property
    def admin(self) -> Path:
        """The socket of its admin interface; elsewhere, where the path would be longer than one of a socket can be."""
        path = self.configuration.with_suffix(".sock")
        fits = len(os.fsencode(path)) <= LONGEST_SOCKET
        return path if fits else Path(tempfile.gettempdir()) / f"innkeeper-{os.getuid()}-{path.name}"

    @property
    def _addresses(self) -> dict[str, str]:
        """By the setting of the port."""
        addresses = {"INNKEEPER_EDGE_PORT": self.listen, "INNKEEPER_EDGE_REDIRECT_PORT": self.redirect}
        return {setting: address for setting, address in addresses.items() if address}


def _address(host: str, port: int) -> str:
    return joined(host, port or free_port(host))
