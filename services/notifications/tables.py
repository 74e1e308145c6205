"""The tables of mails, of addresses that take none, of what users do not want, and of what they are told live."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, text

from chassis.storage.columns import UtcDateTime

METADATA = MetaData()

QUEUED = text("state = 'QUEUED'")

MAILS = Table(
    "mails",
    METADATA,
    # Made of event, recipient and kind: that each is sent once is this constraint.
    Column("name", String(80), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("event", String(64), nullable=False),
    Column("recipient", String(128), nullable=False),
    Column("user", String(80), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("topic", String(16)),
    Column("message_id", String(320), nullable=False),
    Column("due_time", UtcDateTime, nullable=False),
    Column("create_time", UtcDateTime, nullable=False),
    # Of a mail that somebody is sending: until when that is believed.
    Column("next_attempt_time", UtcDateTime, nullable=False),
    Column("holder", String(36), nullable=False, server_default=text("''")),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failure", String(128), nullable=False),
    Column("end_time", UtcDateTime),
    # PostgreSQL's are partial as well: the migration says so. To say it here loads that dialect into every process.
    Index("mails_due", "next_attempt_time", sqlite_where=QUEUED),
    Index("mails_create_time", "create_time", "name"),
    Index("mails_subject", "subject"),
    Index("mails_user", "user"),
)

BOUNCES = Table(
    "bounces",
    METADATA,
    # A keyed hash of the address, which is not kept.
    Column("name", String(80), primary_key=True),
    Column("mail", String(80), nullable=False),
    Column("recipient", String(128), nullable=False),
    Column("user", String(80), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("create_time", UtcDateTime, nullable=False),
    Index("bounces_create_time", "create_time", "name"),
    Index("bounces_user", "user"),
)

UNSUBSCRIPTIONS = Table(
    "unsubscriptions",
    METADATA,
    Column("user", String(80), primary_key=True),
    Column("topic", String(16), primary_key=True),
    Column("create_time", UtcDateTime, nullable=False),
)

NOTIFICATIONS = Table(
    "notifications",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("user", String(80), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("booking", String(80), nullable=False),
    Column("occur_time", UtcDateTime, nullable=False),
    # NULL until the user has read it.
    Column("read_time", UtcDateTime),
    # The id of the one before it, of the same user, where that and those before are not kept any more; else 0.
    Column("lost_through", BigInteger, nullable=False),
    Index("notifications_of_user", "user", "id"),
    Index("notifications_by_time", "occur_time"),
    sqlite_autoincrement=True,
)
"""What users are told, in order. A number is not given twice, not even when its notification is gone."""

NOTICES = Table(
    "notices",
    METADATA,
    # That of the booking: there is one for each.
    Column("name", String(80), primary_key=True),
    Column("booking", String(80), nullable=False),
    Column("hotel", String(80), nullable=False),
    Column("create_time", UtcDateTime, nullable=False),
    Column("send_time", UtcDateTime),
    Column("escalate_time", UtcDateTime),
    Column("acknowledge_time", UtcDateTime),
    Column("withdraw_time", UtcDateTime),
    Index("notices_create_time", "create_time", "name"),
    Index("notices_hotel", "hotel", "create_time"),
)
"""Bookings that hotels were told of."""
