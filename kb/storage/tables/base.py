"""What all tables share: metadata with a naming convention, and column types that mean the same on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar, Final, cast

from sqlalchemy import DateTime, Dialect, MetaData, Table, Text
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

# Named constraints are what lets a later migration alter them, on SQLite above all.
METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

# Compared by code point on both databases: a cursor and an order must not depend on the locale of a PostgreSQL cluster.
KEY: Final = Text().with_variant(Text(collation="C"), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """Times in UTC. A time without a zone is taken as UTC; what comes back always has one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC, without a zone where the database keeps none."""
        if value is None:
            return None
        moved = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return moved.replace(tzinfo=None) if dialect.name == "sqlite" else moved

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """With UTC as its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Row(SQLModel):
    """Root of all tables."""

    metadata: ClassVar[MetaData] = METADATA


def table_of(row: type[Row]) -> Table:
    """The core table behind a SQLModel class."""
    return METADATA.tables[cast("str", row.__tablename__)]
