"""What a gRPC client needs to know to find services through the registry: its xDS bootstrap."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def xds_bootstrap(registries: str, node_id: str, *, tls_dir: Path | None = None) -> str:
    """The bootstrap as JSON, for the environment variable GRPC_XDS_BOOTSTRAP_CONFIG.

    gRPC reads it once, with the first `xds:///` channel of the process.

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
                for uri in _server_uris(registries.split(","))
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
            "ca_certificate_file": str(tls_dir / "ca.crt"),
            "certificate_file": str(tls_dir / "tls.crt"),
            "private_key_file": str(tls_dir / "tls.key"),
        },
    }


def _server_uris(registries: list[str]) -> list[str]:
    return registries
