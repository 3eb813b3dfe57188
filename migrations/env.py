"""Alembic's entry: on the connection that kb.storage hands over or, run by the `alembic` command, on KB_DATABASE_URL."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from kb.settings import read_settings
from kb.storage.migration import includes_object
from kb.storage.session import Database
from kb.storage.tables import METADATA


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        include_object=includes_object,
        compare_type=True,
        # SQLite alters most things by copying the table.
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
elif context.is_offline_mode():
    raise SystemExit("SQL scripts are not supported, as the migrations ask the database what it can do; leave out --sql")
else:
    database = Database.open(read_settings().database_url)
    with database.schema_transaction() as connection:
        run(connection)
    database.dispose()
