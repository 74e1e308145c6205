"""What a gRPC client needs to know to find services through the registry: its xDS bootstrap."""

from __future__ import annotations

import json
import os
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from chassis.security.tls_directory import AUTHORITY, CERTIFICATE, KEY

VARIABLE = "GRPC_XDS_BOOTSTRAP_CONFIG"
"""Where gRPC looks for the bootstrap, once: with the first `xds:///` channel of the process."""


def find_by_registry(registries: str, name: str, *, tls_dir: Path | None = None) -> None:
    """Has gRPC find services through the registries; to be said before the first `xds:///` channel.

    They know this client by its name and process id. For the rest, see `xds_bootstrap`.
    """
    os.environ[VARIABLE] = xds_bootstrap(registries, f"{name}-{os.getpid()}", tls_dir=tls_dir)


def xds_bootstrap(registries: str, node_id: str, *, tls_dir: Path | None = None) -> str:
    """The bootstrap as JSON.

    Args:
        registries: `host:port`, or several with commas between.
        node_id: How the registry knows this client.
        tls_dir: The directory with `ca.crt`, `tls.crt` and `tls.key` by which the registry is called (gRFC A65);
            plain without it.
    """
    return json.dumps(
        {
            "xds_servers": [
                {
                    "server_uri": uri,
                    "channel_creds": [_credentials(tls_dir)],
                    "server_features": ["xds_v3", "ignore_resource_deletion"],
                }
                for uri in _server_uris(registries.split(","), plain=tls_dir is None)
            ],
            "node": {"id": node_id},
        }
    )


def _credentials(tls_dir: Path | None) -> dict[str, Any]:
    if tls_dir is None:
        return {"type": "insecure"}
    return {
        "type": "tls",
        "config": {
            "ca_certificate_file": str(tls_dir / AUTHORITY),
            "certificate_file": str(tls_dir / CERTIFICATE),
            "private_key_file": str(tls_dir / KEY),
        },
    }


def _server_uris(registries: list[str], *, plain: bool) -> list[str]:
    """IP addresses of several registries make one target, so that the client goes over to the next when one is away.

    Several `xds_servers` are worse: gRPC turns to the second only for what it does not have yet, and of the rest hears
    of no change while the first is away (gRFC A71). They are for host names, and for TLS, where a certificate is not
    found good for a target of several addresses; there, better one host name that has all of them.
    """
    schemes = {_scheme(registry) for registry in registries}
    if plain and len(schemes) == 1 and schemes != {"dns"}:
        return [f"{schemes.pop()}:{','.join(registries)}"]
    return [f"{_scheme(registry)}:{registry}" for registry in registries]


def _scheme(registry: str) -> str:
    """`127.0.0.1:7000` → `ipv4`, `[::1]:7000` → `ipv6`, `registry:7000` → `dns`."""
    host = registry.rpartition(":")[0].removeprefix("[").removesuffix("]")
    try:
        return f"ipv{ip_address(host).version}"
    except ValueError:
        return "dns"
