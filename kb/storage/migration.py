"""Alembic, called from here: upgrading, what is pending, and whether the tables still are what the code says."""

from __future__ import annotations

from typing import Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.schema import SchemaItem

from kb.settings import read_settings
from kb.storage.dialect import lock_migration
from kb.storage.tables import METADATA

# Made by the migration in each dialect's own words, so no table of the code answers to them.
_OWN_TABLE_PREFIX: Final = "search_index"
_OWN_COLUMNS: Final = frozenset({("search_document", "terms")})
_OWN_INDEXES: Final = frozenset({"ix_search_document_terms", "ix_alias_name_folded_trgm"})


def includes_object(item: SchemaItem, name: str | None, kind: str, reflected: bool, compare_to: SchemaItem | None) -> bool:  # noqa: FBT001
    """Whether Alembic compares the object (its `include_object` hook)."""
    del compare_to
    if not reflected or name is None:
        return True
    if kind == "column":
        return (item.table.name, name) not in _OWN_COLUMNS  # type: ignore[attr-defined]
    return not (kind == "table" and name.startswith(_OWN_TABLE_PREFIX)) and not (kind == "index" and name in _OWN_INDEXES)


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for an open connection, which env.py then uses."""
    config = Config()
    config.set_main_option("script_location", str(read_settings().migrations_dir).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Brings the database to the newest migration, inside the caller's transaction."""
    lock_migration(connection)
    command.upgrade(alembic_config(connection), "head")


def downgrade(connection: Connection, revision: str) -> None:
    """Takes the database back to `revision` ("base" for nothing), inside the caller's transaction."""
    lock_migration(connection)
    command.downgrade(alembic_config(connection), revision)


def current_revision(connection: Connection) -> str | None:
    """The migration that the database is at; None where it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_revision(connection: Connection) -> str | None:
    """The newest migration there is."""
    return ScriptDirectory.from_config(alembic_config(connection)).get_current_head()


def list_drift(connection: Connection) -> tuple[str, ...]:
    """One line for each difference between the database's tables and the code's."""
    context = MigrationContext.configure(connection, opts={"include_object": includes_object, "compare_type": True})
    return tuple(f"the tables differ from the code: {difference}" for difference in compare_metadata(context, METADATA))
