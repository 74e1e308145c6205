"""All that can be set from outside, in one typed, immutable object read from the environment."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from chassis.start_error import StartError

PREFIX = "INNKEEPER_"


def _for_each_service(url: str) -> str:
    if url and not (url.startswith("postgresql+psycopg://") and "{service}" in url):
        raise ValueError("must begin with postgresql+psycopg:// and have {service} where the database is named")
    return url


def _from_json(value: object) -> object:
    """What JSON says; anything that is no text stays as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("not valid JSON") from None


class Settings(BaseModel):
    """Settings of a process. Each is the environment variable `INNKEEPER_` and its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    data_dir: Path = Path("innkeeper-data")
    """Where everything lives that must outlast the process: databases, secrets, the address."""

    database_url: Annotated[str, AfterValidator(_for_each_service), Field(repr=False)] = ""
    """A SQLAlchemy URL with `{service}` in it, such as `postgresql+psycopg://user@host/{service}`. Empty: SQLite in
    `data_dir`."""

    migrate_at_start: bool = True
    """Whether databases are brought to the code's version at start; else `innkeeper migrate` does it."""

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    """The address to listen on."""

    port: Annotated[int, Field(ge=0, le=65535)] = 7000
    """The port to listen on; 0 takes a free one."""

    metrics_port: Annotated[int, Field(ge=-1, le=65535)] = 7001
    """The port of `/metrics`, on loopback; 0 takes a free one, -1 serves none."""

    discovery: Literal["static", "xds"] = "static"
    """How services are found that are not in this process: at `INNKEEPER_ADDRESSES`, or through the registry at
    `INNKEEPER_REGISTRY`, with which the process then registers as well."""

    addresses: Annotated[
        dict[str, Annotated[str, Field(pattern=r"^\S+:[0-9]{1,5}$")]], BeforeValidator(_from_json)
    ] = {}
    """Where services run that are not in this process: `{"hotels": "127.0.0.1:7100"}`. Counts before the registry."""

    registry: Annotated[str, Field(pattern=r"^([^\s,;]+:[0-9]{1,5}(,[^\s,;]+:[0-9]{1,5})*)?$")] = ""
    """Where registries listen: `10.0.0.1:7000`, or several of them with commas between."""

    advertise: Annotated[str, Field(pattern=r"^(\S+:[0-9]{1,5})?$")] = ""
    """The address by which others reach this process, where it is not the one that it listens on."""

    variant: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,31}$")] = "v1"
    """The version or implementation that this process is, for the registry to split traffic between: `v2`."""

    tls_dir: Annotated[Path | None, BeforeValidator(lambda given: given or None)] = None
    """A directory with `tls.crt`, `tls.key` and `ca.crt`, or with one such directory for each service: calls then go by
    mutual TLS. Empty: plain."""

    allow_plaintext: bool = False
    """Whether a process without TLS may listen on an address that is not loopback."""

    issuer: Annotated[str, Field(min_length=1)] = "innkeeper"
    """Who issues access tokens: the `iss` claim."""

    audience: Annotated[str, Field(min_length=1)] = "innkeeper"
    """Whom access tokens are for: the `aud` claim."""

    access_token_seconds: Annotated[int, Field(ge=1, le=86_400)] = 900
    """How long an access token is good."""

    refresh_token_days: Annotated[int, Field(ge=1, le=365)] = 30
    """How long a refresh token is good."""

    argon2_memory_kib: Annotated[int, Field(ge=8, le=4_194_304)] = 19_456
    """How much memory the hashing of a password takes; the default is OWASP's for Argon2id with two passes."""

    quote_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    """How long a quote can be booked."""

    demo_hotels: Annotated[int, Field(ge=0, le=100_000)] = 2000
    """How many made-up hotels a first start loads."""

    max_concurrent_calls: Annotated[int, Field(ge=1)] = 1000
    """How many calls a process has in hand at most; further ones are told to try again."""

    drain_seconds: Annotated[float, Field(ge=0, le=3600)] = 10.0
    """How long calls in flight get to finish when the process is told to stop."""

    drain_news_seconds: Annotated[float, Field(ge=0, le=60)] = 0.5
    """How long a process that leaves the registry goes on taking calls, until its callers know."""

    max_message_bytes: Annotated[int, Field(ge=1024)] = 4 * 1024 * 1024
    """The largest message that is taken."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """What is logged at least."""

    log_format: Literal["auto", "json", "console"] = "auto"
    """A JSON object a line for programs, or coloured lines for people; `auto` finds out whether a terminal reads
    them."""

    trace_ratio: Annotated[float, Field(ge=0, le=1)] = 1.0
    """The share of traces begun here that is recorded, where `OTEL_EXPORTER_OTLP_ENDPOINT` is set."""

    @classmethod
    def read(cls, **overrides: object) -> Settings:
        """The settings of this process. Raises StartError that names each bad variable and what would be right."""
        variables = {name: f"{PREFIX}{name.upper()}" for name in cls.model_fields}
        said = {name: os.environ[variable] for name, variable in variables.items() if variable in os.environ}
        try:
            return cls.model_validate(said | overrides)
        except ValidationError as error:
            raise StartError("; ".join(_explained(detail) for detail in error.errors())) from None


def _explained(detail: ErrorDetails) -> str:
    """`INNKEEPER_PORT=seven: Input should be a valid integer …`; without the value where that may hold a password."""
    setting, *below = map(str, detail["loc"])
    field = Settings.model_fields.get(setting)
    value = f"={detail['input']!s}" if not below and (field is None or field.repr) else ""
    return ": ".join([f"{PREFIX}{setting.upper()}{value}", *below, detail["msg"].removeprefix("Value error, ")])
