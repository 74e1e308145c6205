"""What an Envoy says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from envoy.config.core.v3.base_pb2 import Node

from chassis.addresses import parted


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeNode:
    """The metadata of an Envoy's node: which addresses it is to listen on, and where on its machine the files are that
    it reads by itself.

    `listen` is the address for all callers, `redirect` one that only sends them to https; each may be empty.
    `tls_dir` has `tls.crt`, `tls.key` and `ca.crt` for calls of services, `edge_tls_dir` the `tls.crt` and `tls.key`
    that callers see; without it they speak plain HTTP. `access_log` is `text` or `json`.
    """

    listen: str = ""
    redirect: str = ""
    tls_dir: str = ""
    edge_tls_dir: str = ""
    access_log: str = "text"

    @classmethod
    def of(cls, node: Node) -> EdgeNode | None:
        """What the node says; None where it is no Envoy. An address that is not one counts as not said."""
        if node.user_agent_name != "envoy":
            return None
        said = {name: value.string_value for name, value in node.metadata.fields.items()}
        return cls(
            listen=_address(said.get("listen", "")),
            redirect=_address(said.get("redirect", "")),
            tls_dir=said.get("tls_dir", ""),
            edge_tls_dir=said.get("edge_tls_dir", ""),
            access_log="json" if said.get("access_log") == "json" else "text",
        )


def _address(said: str) -> str:
    try:
        host, port = parted(said)
    except ValueError:
        return ""
    return said if host and 0 < port < 65_536 else ""
