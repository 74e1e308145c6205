"""What the settings say of the edge."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgePolicy:
    """What callers from outside may do, beside what the contracts say.

    `client_rate` and `address_rate` are requests a second, `max_body_bytes` is for one request. `origins` are those
    from which a browser may call, such as `https://book.example`; `*` is any. `tls` says whether the services are
    called by mutual TLS.
    """

    public_url: str
    audience: str
    origins: tuple[str, ...]
    max_body_bytes: int
    client_rate: int
    address_rate: int
    tls: bool

    @classmethod
    def of(cls, settings: Settings) -> EdgePolicy:
        """What these settings say."""
        return cls(
            public_url=settings.public_url,
            audience=settings.audience,
            origins=tuple(origin for origin in settings.edge_origins.split(",") if origin),
            max_body_bytes=settings.edge_max_body_bytes,
            client_rate=settings.edge_client_rate,
            address_rate=settings.edge_address_rate,
            tls=settings.tls_dir is not None,
        )
