"""The tables that the chassis keeps in every service's database."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table

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
    Column("holder", String(36)),
    Column("hold_time", UtcDateTime),
)
"""How far in the outbox each subscriber has been told; and which relay is about to tell it more, until when at most."""

INBOX = Table(
    "inbox",
    METADATA,
    Column("event_id", String(36), primary_key=True),
    Column("take_time", UtcDateTime, nullable=False),
    Index("inbox_take_time", "take_time"),
)
"""The events of others that took effect here."""

DEAD_LETTERS = Table(
    "dead_letters",
    METADATA,
    Column("subscriber", String(64), primary_key=True),
    Column("event_id", String(36), primary_key=True),
    Column("source", String(64), nullable=False),
    Column("aggregate", String(256), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("occur_time", UtcDateTime, nullable=False),
    Column("traceparent", String(55), nullable=False),
    Column("type", String(256), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("reason", Integer, nullable=False),
    Column("detail", String(500), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("park_time", UtcDateTime, nullable=False),
    # When it is tried next; NULL of one that waits behind another, and of one that is given up.
    Column("retry_time", UtcDateTime),
    Index("dead_letters_aggregate", "subscriber", "source", "aggregate", "sequence"),
    Index("dead_letters_retry_time", "retry_time"),
)
"""The events that could not take effect here yet, with the rest of their aggregates behind them; and those of the
outbox that could not be sent, under the name of the subscriber that they were for."""

REQUESTS = Table(
    "requests",
    METADATA,
    Column("caller", String(256), primary_key=True),
    Column("method", String(256), primary_key=True),
    Column("request_id", String(36), primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("answer_time", UtcDateTime, nullable=False),
    # Where command or answer hold personal data: the user whom the answer is about, or else for whom it was given.
    Column("person", String(256)),
    Index("requests_answer_time", "answer_time"),
    Index("requests_person", "person"),
)
"""The answers given to commands, so that a repeated command finds its answer."""

ERASED_USERS = Table(
    "erased_users",
    METADATA,
    Column("user", String(80), primary_key=True),
    # Whether the erasure under way is the last one, after which the row goes.
    Column("last", Boolean, nullable=False),
    # When to erase again, as something had to stay; NULL once nothing is left.
    Column("due_time", UtcDateTime),
)
"""The users who were deleted, and whose access tokens may still be good: they change nothing here any more."""
