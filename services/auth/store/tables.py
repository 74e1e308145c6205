"""The tables of the auth service. No password, client secret or token stands in them, only what recognises one."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, LargeBinary, MetaData, String, Table, Text, text

from chassis.storage.columns import UtcDateTime

METADATA = MetaData()

ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("name", String(80), primary_key=True),
    Column("user", String(80), nullable=False, unique=True),
    Column("email", String(254), nullable=False),
    # The address without regard to letter case: the constraint, not a check before, keeps it unique.
    Column("email_folded", String(254), nullable=False, unique=True),
    Column("password_hash", String(255), nullable=False),
    # Seconds since 1970 of the latest wrong passwords.
    Column("wrong_attempts", JSON, nullable=False),
    Column("create_time", UtcDateTime, nullable=False),
)

CLIENTS = Table(
    "clients",
    METADATA,
    Column("name", String(80), primary_key=True),
    Column("display_name", String(100), nullable=False),
    # Separated by spaces, as OAuth 2 writes them; so below.
    Column("scopes", Text, nullable=False),
    # Empty of a client that has no secret.
    Column("secret_digest", LargeBinary, nullable=False),
    Column("create_time", UtcDateTime, nullable=False),
    Column("redirect_uris", Text, nullable=False, server_default=text("''")),
)

TOKEN_FAMILIES = Table(
    "token_families",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("user", String(80), nullable=False, index=True),
    Column("scopes", Text, nullable=False),
    Column("create_time", UtcDateTime, nullable=False),
    Column("expire_time", UtcDateTime, nullable=False, index=True),
    Column("revoke_time", UtcDateTime),
    # Of those that are older than the column, users signed in without a client.
    Column("client_id", String(63), nullable=False, index=True, server_default="sign-in"),
)

REFRESH_TOKENS = Table(
    "refresh_tokens",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("family", ForeignKey("token_families.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("used", Boolean, nullable=False),
)

AUTHORIZATION_CODES = Table(
    "authorization_codes",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("client_id", String(63), nullable=False, index=True),
    Column("user", String(80), nullable=False, index=True),
    Column("redirect_uri", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("code_challenge", String(43), nullable=False),
    Column("expire_time", UtcDateTime, nullable=False, index=True),
    # What it was used for; NULL as long as it was not.
    Column("family", ForeignKey("token_families.id", ondelete="CASCADE"), index=True),
)

SIGNING_KEYS = Table(
    "signing_keys",
    METADATA,
    Column("kid", String(64), primary_key=True),
    Column("x", String(64), nullable=False),
    Column("y", String(64), nullable=False),
    Column("create_time", UtcDateTime, nullable=False),
    Column("sealed", LargeBinary),
    Column("expire_time", UtcDateTime),
    # True or NULL: the constraint lets one key sign, however many replicas start at once.
    Column("signs", Boolean, unique=True),
    # The same of the key that signs next.
    Column("prepared", Boolean, unique=True, index=True),
)

REVOKED_TOKENS = Table(
    "revoked_tokens",
    METADATA,
    Column("jti", String(36), primary_key=True),
    Column("expire_time", UtcDateTime, nullable=False, index=True),
)
