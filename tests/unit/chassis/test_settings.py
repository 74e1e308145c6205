"""Settings come from the environment; a bad one stops the start with its name and what would be right."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import fields

from chassis.errors import StartError
from chassis.settings import Settings

GOOD: list[Any] = [
    pytest.param("data_dir", "/var/lib/innkeeper", Path("/var/lib/innkeeper"), id="a directory"),
    pytest.param(
        "database_url",
        "postgresql+psycopg://innkeeper@/{service}?host=/run",
        "postgresql+psycopg://innkeeper@/{service}?host=/run",
        id="a database server",
    ),
    pytest.param("events_url", "", "", id="no broker"),
    pytest.param("events_url", "amqp://localhost", "amqp://localhost", id="a broker with all as it comes"),
    pytest.param(
        "events_url", "amqps://a:b%40c@mq.example:5671/%2F", "amqps://a:b%40c@mq.example:5671/%2F", id="a broker by TLS"
    ),
    pytest.param("events_url", "amqp://a:b@[::1]:5672/v", "amqp://a:b@[::1]:5672/v", id="a broker by IPv6"),
    pytest.param("migrate_at_start", "false", False, id="no"),
    pytest.param("migrate_at_start", "1", True, id="yes"),
    pytest.param("port", "0", 0, id="any free port"),
    pytest.param("port", "65535", 65535, id="the last port"),
    pytest.param("metrics_port", "-1", -1, id="no metrics"),
    pytest.param("edge_port", "-1", -1, id="no edge"),
    pytest.param("edge_tls_dir", "", None, id="an edge without TLS"),
    pytest.param("edge_envoy", "/usr/bin/envoy", Path("/usr/bin/envoy"), id="an Envoy"),
    pytest.param("addresses", '{"hotels": "10.0.0.7:7100"}', {"hotels": "10.0.0.7:7100"}, id="an address"),
    pytest.param("addresses", '{"hotels": "dns:///hotels:7100"}', {"hotels": "dns:///hotels:7100"}, id="a name"),
    pytest.param("public_url", "https://innkeeper.example", "https://innkeeper.example", id="a public name"),
    pytest.param("public_url", "http://[::1]:8080", "http://[::1]:8080", id="a public address"),
    pytest.param("smtp_url", "", "", id="no mail server"),
    pytest.param("smtp_url", "smtp://[::1]:2525?starttls=no", "smtp://[::1]:2525?starttls=no", id="a mail server here"),
    pytest.param("smtp_url", "smtps://a%40b:c%2Fd@mx.example", "smtps://a%40b:c%2Fd@mx.example", id="a mail server"),
    pytest.param("mail_from", "Hotel & Söhne <desk@h.example>", "Hotel & Söhne <desk@h.example>", id="a sender"),
    pytest.param("mail_from", "desk@h.example", "desk@h.example", id="a sender without a name"),
    pytest.param("drain_seconds", "0.5", 0.5, id="half a second"),
    pytest.param("trace_ratio", "0", 0.0, id="no traces"),
    pytest.param("log_level", "debug", "debug", id="a level"),
    pytest.param("tls_dir", "/etc/innkeeper/tls", Path("/etc/innkeeper/tls"), id="certificates"),
    pytest.param("tls_dir", "", None, id="no certificates"),
    pytest.param("allow_plaintext", "true", True, id="plain anywhere"),
]

PATHS = {"data_dir", "tls_dir", "edge_tls_dir", "edge_envoy", "smtp_ca_file"}

BAD: list[Any] = [
    pytest.param({"host": ""}, ["INNKEEPER_HOST=: ", "not be empty"], id="no host"),
    pytest.param({"port": "seven"}, ["INNKEEPER_PORT=seven: ", "whole number from 0 to 65535"], id="no number"),
    pytest.param({"port": "65536"}, ["INNKEEPER_PORT=65536: ", "65535"], id="no port"),
    pytest.param({"port": "-1"}, ["INNKEEPER_PORT=-1: ", "0"], id="a port less than none"),
    pytest.param({"metrics_port": "-2"}, ["INNKEEPER_METRICS_PORT=-2: ", "-1"], id="a metrics port"),
    pytest.param(
        {"migrate_at_start": "maybe"}, ["INNKEEPER_MIGRATE_AT_START=maybe: ", "true or false"], id="neither yes nor no"
    ),
    pytest.param({"log_level": "loud"}, ["INNKEEPER_LOG_LEVEL=loud: ", "'info'"], id="a level"),
    pytest.param({"log_format": "xml"}, ["INNKEEPER_LOG_FORMAT=xml: ", "'json'"], id="a format"),
    pytest.param({"trace_ratio": "1.5"}, ["INNKEEPER_TRACE_RATIO=1.5: ", "1"], id="more than all traces"),
    pytest.param({"trace_ratio": "nan"}, ["INNKEEPER_TRACE_RATIO=nan: ", "1"], id="no number of traces"),
    pytest.param({"drain_seconds": "-1"}, ["INNKEEPER_DRAIN_SECONDS=-1: ", "0"], id="a drain"),
    pytest.param({"drain_seconds": "inf"}, ["INNKEEPER_DRAIN_SECONDS=inf: ", "3600"], id="a drain without end"),
    pytest.param({"max_concurrent_calls": "0"}, ["INNKEEPER_MAX_CONCURRENT_CALLS=0: ", "1"], id="no calls"),
    pytest.param({"max_message_bytes": "1"}, ["INNKEEPER_MAX_MESSAGE_BYTES=1: ", "1024"], id="no messages"),
    pytest.param({"public_url": ""}, ["INNKEEPER_PUBLIC_URL=: ", "https://"], id="no public address"),
    pytest.param(
        {"public_url": "innkeeper.example"},
        ["INNKEEPER_PUBLIC_URL=innkeeper.example: ", "http:// or https://"],
        id="a public address without a scheme",
    ),
    pytest.param(
        {"public_url": "https://innkeeper.example/"},
        ["INNKEEPER_PUBLIC_URL=https://innkeeper.example/: ", "nothing after"],
        id="a public address with a slash too many",
    ),
    pytest.param(
        {"public_url": "https://innkeeper.example?a=b"}, ["INNKEEPER_PUBLIC_URL=", "nothing after"], id="a query"
    ),
    pytest.param(
        {"public_url": "https://Innkeeper.example"}, ["INNKEEPER_PUBLIC_URL=", "small letters"], id="capital letters"
    ),
    pytest.param({"public_url": "https://a.example:0"}, ["INNKEEPER_PUBLIC_URL=", "port"], id="a public port"),
    pytest.param({"http_port": "-1"}, ["INNKEEPER_HTTP_PORT=-1: ", "65535"], id="a port of HTTP"),
    pytest.param({"edge_host": ""}, ["INNKEEPER_EDGE_HOST=: ", "not be empty"], id="no host of the edge"),
    pytest.param({"edge_port": "-2"}, ["INNKEEPER_EDGE_PORT=-2: ", "-1"], id="a port of the edge"),
    pytest.param({"edge_redirect_port": "70000"}, ["INNKEEPER_EDGE_REDIRECT_PORT=70000: ", "65535"], id="a redirect"),
    pytest.param(
        {"edge_origins": "book.example"}, ["INNKEEPER_EDGE_ORIGINS=book.example: ", "https://"], id="an origin"
    ),
    pytest.param({"edge_origins": "https://a.example/b"}, ["INNKEEPER_EDGE_ORIGINS=", "https://"], id="a page"),
    *(
        pytest.param({"link_targets": targets}, ["INNKEEPER_LINK_TARGETS=", "https://HOST"], id=f"targets {targets}")
        for targets in (
            "help.example",
            "http://help.example",
            "https://help.example/",
            "https://ada@help.example",
            "https://HELP.example",
            "https://help.example:0",
            "https://help.example,",
            "https://help.example https://a.example",
            "https://*.example",
            "http://127.0.0.1.example",
        )
    ),
    pytest.param(
        {"edge_origins": "*,https://a.example"}, ["INNKEEPER_EDGE_ORIGINS=", "or *"], id="any origin, and one"
    ),
    pytest.param({"edge_max_body_bytes": "1"}, ["INNKEEPER_EDGE_MAX_BODY_BYTES=1: ", "1024"], id="no bodies"),
    pytest.param({"edge_max_connections": "0"}, ["INNKEEPER_EDGE_MAX_CONNECTIONS=0: ", "1"], id="no connections"),
    pytest.param({"edge_client_rate": "0"}, ["INNKEEPER_EDGE_CLIENT_RATE=0: ", "1"], id="no requests of a client"),
    pytest.param({"edge_address_rate": "0"}, ["INNKEEPER_EDGE_ADDRESS_RATE=0: ", "1"], id="no requests of an address"),
    pytest.param({"live_connections": "-1"}, ["INNKEEPER_LIVE_CONNECTIONS=-1: ", "0"], id="fewer WebSockets than none"),
    pytest.param(
        {"live_connections_per_user": "0"},
        ["INNKEEPER_LIVE_CONNECTIONS_PER_USER=0: ", "1"],
        id="no WebSocket of a user",
    ),
    pytest.param({"event_days": "0"}, ["INNKEEPER_EVENT_DAYS=0: ", "3650"], id="no events are sent anew"),
    pytest.param({"max_event_bytes": "9"}, ["INNKEEPER_MAX_EVENT_BYTES=9: ", "1024"], id="events of nothing"),
    pytest.param({"booking_event_days": "0"}, ["INNKEEPER_BOOKING_EVENT_DAYS=0: ", "3650"], id="no events are kept"),
    pytest.param({"smtp_url": "mx.example"}, ["INNKEEPER_SMTP_URL: ", "smtps://"], id="a mail server without a scheme"),
    pytest.param({"smtp_url": "smtp://a:b/c@mx.example"}, ["INNKEEPER_SMTP_URL: ", "%40"], id="a slash in a password"),
    pytest.param({"smtp_url": "smtp://mx.example?starttls=maybe"}, ["INNKEEPER_SMTP_URL: "], id="perhaps encrypted"),
    pytest.param({"mail_from": "Innkeeper"}, ["INNKEEPER_MAIL_FROM=Innkeeper: ", "<"], id="a sender without address"),
    pytest.param({"mail_from": "A\x07 <a@b>"}, ["INNKEEPER_MAIL_FROM=", "<"], id="a sender that rings"),
    pytest.param({"notice_minutes": "0"}, ["INNKEEPER_NOTICE_MINUTES=0: ", "10080"], id="no time to acknowledge"),
    pytest.param({"document_workers": "0"}, ["INNKEEPER_DOCUMENT_WORKERS=0: ", "64"], id="nobody prints"),
    pytest.param({"notification_days": "0"}, ["INNKEEPER_NOTIFICATION_DAYS=0: ", "3650"], id="notifications not kept"),
    pytest.param({"reminder_days": "0"}, ["INNKEEPER_REMINDER_DAYS=0: ", "60"], id="reminders on the day"),
    pytest.param({"mail_concurrency": "0"}, ["INNKEEPER_MAIL_CONCURRENCY=0: ", "1"], id="no mails at a time"),
    pytest.param({"mail_retry_hours": "0"}, ["INNKEEPER_MAIL_RETRY_HOURS=0: ", "720"], id="mails tried once"),
    pytest.param({"mail_days": "0"}, ["INNKEEPER_MAIL_DAYS=0: ", "3650"], id="mails not kept"),
    pytest.param({"audience": ""}, ["INNKEEPER_AUDIENCE=: ", "not be empty"], id="no audience"),
    pytest.param({"access_token_seconds": "0"}, ["INNKEEPER_ACCESS_TOKEN_SECONDS=0: ", "1"], id="a token"),
    pytest.param({"refresh_token_days": "366"}, ["INNKEEPER_REFRESH_TOKEN_DAYS=366: ", "365"], id="a refresh token"),
    pytest.param({"argon2_memory_kib": "7"}, ["INNKEEPER_ARGON2_MEMORY_KIB=7: ", "8"], id="a weak hash"),
    pytest.param({"quote_minutes": "0"}, ["INNKEEPER_QUOTE_MINUTES=0: ", "1"], id="a quote"),
    pytest.param({"demo_hotels": "-1"}, ["INNKEEPER_DEMO_HOTELS=-1: ", "0"], id="fewer hotels than none"),
    pytest.param(
        {"addresses": "{hotels"},
        ["INNKEEPER_ADDRESSES={hotels: must be a JSON object"],
        id="addresses that are no JSON",
    ),
    pytest.param({"addresses": "[1]"}, ["INNKEEPER_ADDRESSES=[1]: ", "JSON object"], id="addresses in a list"),
    pytest.param(
        {"addresses": '{"hotels": "nowhere"}'},
        ['INNKEEPER_ADDRESSES={"hotels": "nowhere"}: ', "HOST:PORT"],
        id="an address without a port",
    ),
    pytest.param({"discovery": "dns"}, ["INNKEEPER_DISCOVERY=dns: ", "'xds'"], id="a way to find services"),
    pytest.param(
        {"registry": "registry"}, ["INNKEEPER_REGISTRY=registry: ", "HOST:PORT"], id="a registry without a port"
    ),
    pytest.param(
        {"registry": "10.0.0.1:7000,"}, ["INNKEEPER_REGISTRY=10.0.0.1:7000,: ", "HOST:PORT"], id="a comma too many"
    ),
    pytest.param(
        {"advertise": "10.0.0.7"}, ["INNKEEPER_ADVERTISE=10.0.0.7: ", "HOST:PORT"], id="no port to be called at"
    ),
    pytest.param({"variant": "V 2"}, ["INNKEEPER_VARIANT=V 2: ", "small letters"], id="a variant"),
    pytest.param(
        {"allow_plaintext": "perhaps"}, ["INNKEEPER_ALLOW_PLAINTEXT=perhaps: ", "true or false"], id="plain or not"
    ),
    pytest.param({"drain_news_seconds": "61"}, ["INNKEEPER_DRAIN_NEWS_SECONDS=61: ", "60"], id="slow news"),
    pytest.param(
        {"database_url": "sqlite:///x"}, ["INNKEEPER_DATABASE_URL: ", "postgresql+psycopg://"], id="a database"
    ),
    pytest.param(
        {"database_url": "postgresql+psycopg://localhost/all"},
        ["INNKEEPER_DATABASE_URL: ", "{service}"],
        id="one database for all services",
    ),
    pytest.param(
        {"events_url": "http://localhost"}, ["INNKEEPER_EVENTS_URL: ", "amqps://"], id="a broker of another kind"
    ),
    pytest.param({"events_url": "amqp://a:secret@"}, ["INNKEEPER_EVENTS_URL: ", "HOST"], id="a broker nowhere"),
    pytest.param({"events_url": "amqp://a:b@c@localhost"}, ["INNKEEPER_EVENTS_URL: ", "%-escapes"], id="a bare @"),
    pytest.param({"events_url": "amqp://localhost:0"}, ["INNKEEPER_EVENTS_URL: ", "PORT"], id="a broker at no port"),
    pytest.param({"events_url": "amqp://localhost/a/b"}, ["INNKEEPER_EVENTS_URL: ", "VHOST"], id="two virtual hosts"),
    pytest.param(
        {"events_url": "amqp://localhost/?x=1"}, ["INNKEEPER_EVENTS_URL: ", "VHOST"], id="a broker with a query"
    ),
    pytest.param(
        {"port": "seven", "log_level": "loud"},
        ["INNKEEPER_PORT=seven: ", "INNKEEPER_LOG_LEVEL=loud: "],
        id="two at once",
    ),
]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No settings but the test's own."""
    for name in os.environ:
        if name.startswith("INNKEEPER_"):
            monkeypatch.delenv(name)
    return monkeypatch


@pytest.mark.parametrize(("name", "text", "value"), GOOD)
def test_a_setting(environment: pytest.MonkeyPatch, name: str, text: str, value: object) -> None:
    environment.setenv(f"INNKEEPER_{name.upper()}", text)
    assert getattr(Settings.read(), name) == value


@pytest.mark.parametrize(("settings", "words"), BAD)
def test_a_bad_setting(environment: pytest.MonkeyPatch, settings: dict[str, str], words: list[str]) -> None:
    for name, value in settings.items():
        environment.setenv(f"INNKEEPER_{name.upper()}", value)
    with pytest.raises(StartError) as raised:
        Settings.read()
    message = str(raised.value)
    assert [word for word in words if word not in message] == [], message
    assert "\n" not in message


def test_every_setting_that_can_be_bad_is_tried() -> None:
    tried = {name for case in BAD for name in case.values[0]}
    assert {field.name for field in fields(Settings)} - tried == PATHS, "any text is a path"


def test_the_password_of_a_database_is_not_told(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("INNKEEPER_DATABASE_URL", "postgres://innkeeper:hunter2@localhost/{service}")
    with pytest.raises(StartError) as raised:
        Settings.read()
    assert "hunter2" not in str(raised.value)
    good = Settings.read(
        database_url="postgresql+psycopg://innkeeper:hunter2@localhost/{service}",
        events_url="amqps://innkeeper:hunter2@mq.example/v",
    )
    assert "hunter2" not in repr(good)


def test_what_is_said_in_the_call_goes_before_the_environment(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("INNKEEPER_PORT", "7100")
    assert Settings.read(port=7200).port == 7200


@pytest.mark.parametrize("variable", ["INNKEEPER_COLOUR", "INNKEEPER_SERVICE_PORT", "INNKEEPER_PORT_7000_TCP", "PROT"])
def test_a_variable_that_is_no_setting_is_let_be(environment: pytest.MonkeyPatch, variable: str) -> None:
    environment.setenv(variable, "green")
    assert Settings.read().port == 7000


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("INNKEEPER_SMTP_ULR", "INNKEEPER_SMTP_URL"),
        ("INNKEEPER_EVENT_URL", "INNKEEPER_EVENTS_URL"),
        ("INNKEEPER_DATADIR", "INNKEEPER_DATA_DIR"),
    ],
)
def test_a_misspelt_setting(environment: pytest.MonkeyPatch, variable: str, meant: str) -> None:
    environment.setenv(variable, "green")
    with pytest.raises(StartError, match=f"^{variable}: there is no such setting; {meant} is one$"):
        Settings.read()


def test_settings_do_not_change() -> None:
    with pytest.raises(AttributeError, match="immutable"):
        Settings.read().port = 1  # type: ignore[misc]
