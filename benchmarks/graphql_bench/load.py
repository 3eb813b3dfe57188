"""Fills a PostgreSQL database and a SQLite file with the rows of one world, both in one go."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from benchmarks.graphql_bench.rows import Row, Rows, Tables
from benchmarks.graphql_bench.world import World
from kb.storage.session import Database

_BATCH: Final = 5_000
# What PostGraphile needs beside the tables.
_PEER_SQL: Final = Path(__file__).with_name("postgraphile") / "peer.sql"


def load(world: World, postgres_url: str, sqlite_file: Path) -> None:
    """Migrates both empty databases, writes all rows, and gathers what their planners want to know."""
    for url in (postgres_url, f"sqlite:///{sqlite_file}"):
        database = Database.open(url)
        database.upgrade()
        database.dispose()
    with psycopg.connect(postgres_url) as postgres, _fast(sqlite_file) as file:
        # Foreign keys hold by how the rows are made.
        postgres.execute("SET session_replication_role = replica")
        for table in Tables(world).list_all():
            count = _fill(table, postgres, file)
            print(f"  {table.table}: {count}", file=sys.stderr)
        file.execute("ANALYZE")
        file.commit()
    with psycopg.connect(postgres_url, autocommit=True) as postgres:
        postgres.execute(_PEER_SQL.read_text("utf-8"))
        postgres.execute("VACUUM (ANALYZE)")
        postgres.execute("CHECKPOINT")


@contextmanager
def _fast(file: Path) -> Iterator[sqlite3.Connection]:
    """Without any care for what happens if the power fails; the journal is a write-ahead log as the server leaves it."""
    with closing(sqlite3.connect(file)) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -800000", "foreign_keys = OFF"):
            connection.execute(f"PRAGMA {pragma}")
        yield connection
        connection.commit()
        connection.execute("PRAGMA journal_mode = WAL")


def _fill(table: Rows, postgres: psycopg.Connection[Any], file: sqlite3.Connection) -> int:
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    copying = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.table), columns)
    names = ", ".join(f'"{column}"' for column in table.columns)
    inserting = f"INSERT INTO {table.table} ({names}) VALUES ({', '.join('?' * len(table.columns))})"
    count, rows = 0, table.rows()
    with postgres.cursor().copy(copying) as copy:
        while batch := list(islice(rows, _BATCH)):
            for row in batch:
                copy.write_row(row)
            file.executemany(inserting, map(_plain, batch))
            count += len(batch)
    return count


def _plain(row: Row) -> Sequence[object]:
    """As SQLAlchemy writes the values of a row to SQLite."""
    return [_plain_value(value) for value in row]


def _plain_value(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return value.isoformat() if isinstance(value, date) else value
