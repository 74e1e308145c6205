"""What happened to bookings, for those who watch: of each that is there already, how it stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage.columns import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "booking_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("booking", sa.String(80), sa.ForeignKey("bookings.name"), nullable=False),
        sa.Column("user", sa.String(80), nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("payment_state", sa.String(16), nullable=False),
        sa.Column("etag", sa.String(64), nullable=False),
        sa.Column("occur_time", UtcDateTime, nullable=False),
        sa.Column("lost_through", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("booking_events_of_booking", "booking_events", ["booking", "id"])
    op.create_index("booking_events_of_user", "booking_events", ["user", "id"])
    op.create_index("booking_events_by_time", "booking_events", ["occur_time"])
    bookings = sa.table(
        "bookings", *map(sa.column, ("name", "user", "state", "payment_state", "revision", "update_time"))
    )
    events = sa.table(
        "booking_events",
        *map(
            sa.column,
            ("booking", "user", "type", "state", "payment_state", "etag", "occur_time", "lost_through"),
        ),
    )
    made = sa.case((bookings.c.state == "pending", "created"), else_=bookings.c.state)
    standing = sa.select(
        bookings.c.name,
        bookings.c.user,
        made,
        bookings.c.state,
        bookings.c.payment_state,
        sa.cast(bookings.c.revision, sa.String(64)),
        bookings.c.update_time,
        sa.literal_column("0"),
    ).order_by(bookings.c.update_time, bookings.c.name)
    op.execute(sa.insert(events).from_select([column.name for column in events.columns], standing))


def downgrade() -> None:
    op.drop_table("booking_events")
