"""Writes many rows at once, handed to the driver as it takes them: SQLAlchemy spends longer on a row than SQLite does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kb.storage.dialect import POSTGRESQL

_Rows: TypeAlias = Sequence[Mapping[str, object]]


def insert_rows(session: Session, table: Table, rows: _Rows) -> None:
    """Inserts rows that all have the same columns, those included that the table has a default for."""
    _execute(session, table, rows, new_alone=False)


def insert_new(session: Session, table: Table, rows: _Rows) -> None:
    """Inserts the rows whose key is not there yet and leaves the others as they are; else as `insert_rows`."""
    _execute(session, table, rows, new_alone=True)


def _execute(session: Session, table: Table, rows: _Rows, *, new_alone: bool) -> None:
    if not rows:
        return
    connection = session.connection()
    form = _form(connection.dialect, table, tuple(rows[0]), new_alone=new_alone)
    for name, convert in form.converted:
        rows = [{**row, name: convert(row[name])} for row in rows]
    given: list[Any] = [tuple(map(row.__getitem__, form.order)) for row in rows] if form.order else [dict(row) for row in rows]
    connection.exec_driver_sql(form.sql, given)


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement in the driver's words, the order of its parameters (empty where they go by name), and the columns that the
    driver takes in another form."""

    sql: str
    order: tuple[str, ...]
    converted: tuple[tuple[str, Callable[[Any], Any]], ...]


# By the dialect itself, whose equality is identity: two databases of one process may be of different versions.
@lru_cache(maxsize=512)
def _form(dialect: Dialect, table: Table, columns: tuple[str, ...], *, new_alone: bool) -> _Form:
    own = postgresql.insert if dialect.name == POSTGRESQL else sqlite.insert
    statement = own(table).on_conflict_do_nothing() if new_alone else own(table)
    converts = {name: table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns}
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    return _Form(
        str(compiled),
        tuple(compiled.positiontup or ()),
        tuple((name, convert) for name, convert in converts.items() if convert is not None),
    )
