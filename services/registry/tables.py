"""The tables of the registry."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Float, Index, Integer, MetaData, String, Table

from chassis.storage.columns import UtcDateTime

METADATA = MetaData()

INSTANCES = Table(
    "instances",
    METADATA,
    Column("name", String(80), primary_key=True),
    Column("service", String(63), nullable=False),
    Column("address", String(64), nullable=False),
    Column("variant", String(32), nullable=False),
    Column("contract_digest", String(64), nullable=False),
    Column("process_id", Integer, nullable=False),
    Column("create_time", UtcDateTime, nullable=False),
    Column("expire_time", UtcDateTime, nullable=False),
    Column("calls_in_hand", Integer, nullable=False),
    Column("calls_per_second", Float, nullable=False),
    Column("shed_per_second", Float, nullable=False),
    Column("loop_lag", Float, nullable=False),
    Column("lease", String(36), nullable=False),
    Index("instances_expire_time", "expire_time"),
)

SHARES = Table(
    "shares",
    METADATA,
    Column("service", String(63), primary_key=True),
    Column("variant", String(32), primary_key=True),
    Column("percent", Integer, nullable=False),
    CheckConstraint("percent BETWEEN 0 AND 100", name="percent_of_a_whole"),
)
"""How the calls of a service are split between variants."""

FAULTS = Table(
    "faults",
    METADATA,
    Column("service", String(63), primary_key=True),
    Column("method", String(63), primary_key=True),
    Column("delay", Float, nullable=False),
    Column("abort_code", Integer, nullable=False),
    Column("percent", Integer, nullable=False),
)

LIMITS = Table(
    "limits",
    METADATA,
    Column("service", String(63), primary_key=True),
    Column("max_calls_in_flight", Integer, nullable=False),
)

CONTRACTS = Table(
    "contracts",
    METADATA,
    Column("service", String(128), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("released_digest", String(64), primary_key=True),
)
"""Contracts of services that were found compatible with the released ones."""

REVISIONS = Table(
    "revisions",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
)
"""One row, whose number counts up with every change that clients are to know of; other registries look at it."""
