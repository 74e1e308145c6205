"""The tables that the chassis keeps in every service's database."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table

from chassis.storage.columns import UtcDateTime

METADATA = MetaData()

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("aggregate", String(256), nullable=False),
    Column("occur_time", UtcDateTime, nullable=False),
    Column("traceparent", String(55), nullable=False),
    Column("type", String(256), nullable=False),
    Column("payload", LargeBinary, nullable=False),
)
"""What happened here, in order, recorded in the transaction in which it happened."""

RELAYED = Table(
    "relayed",
    METADATA,
    Column("subscriber", String(64), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
)
"""How far in the outbox each subscriber has been told."""

INBOX = Table(
    "inbox",
    METADATA,
    Column("event_id", String(36), primary_key=True),
    Column("take_time", UtcDateTime, nullable=False),
    Index("inbox_take_time", "take_time"),
)
"""The events of others that took effect here."""

REQUESTS = Table(
    "requests",
    METADATA,
    Column("caller", String(256), primary_key=True),
    Column("method", String(256), primary_key=True),
    Column("request_id", String(36), primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("answer_time", UtcDateTime, nullable=False),
    Index("requests_answer_time", "answer_time"),
)
"""The answers given to commands, so that a repeated command finds its answer."""
