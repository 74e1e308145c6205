"""Schema versions: how Alembic runs, and the versions of the chassis' own tables."""
