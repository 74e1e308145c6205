"""What Alembic runs for every database: it uses the connection that `chassis.storage.migrate` hands over."""

from __future__ import annotations

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    version_table=attributes["version_table"],
    target_metadata=attributes["tables"],
)
with context.begin_transaction():
    context.run_migrations()
