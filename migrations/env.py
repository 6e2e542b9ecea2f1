"""What Alembic runs for every command; the connection is handed over by `console.migrate`."""

from __future__ import annotations

from alembic import context

from console.migrate import METADATA, compared

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=list(METADATA),
    compare_type=True,
    include_object=compared,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
