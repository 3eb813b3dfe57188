"""The database: opening it, its transactions and its migrations."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from kb.errors import StorageError
from kb.storage import migration
from kb.storage.dialect import SQLITE, WRITE_OPTION, open_engine, parse_url, reader_options
from kb.storage.integrity import list_orphans

__all__: Final = ["Database", "Session"]


class Database:
    """One SQLite file or PostgreSQL database. Safe to share between threads; a session is not."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name
        self._migrated = False

    @classmethod
    def open(cls, url: str, *, read_only: bool = False) -> Database:
        """A database that was reached and, unless `read_only`, can be written; a SQLite file and its folder are made.

        Raises UsageError for a URL of another kind, StorageError for one that cannot be opened or written. Whether it is
        migrated shows with the first transaction or reader, so that `upgrade` can be called.
        """
        parsed = parse_url(url)
        name = _shown_name(parsed)
        if parsed.get_backend_name() == SQLITE:
            parsed = _prepare_file(parsed, name, read_only=read_only)
        database = cls(open_engine(parsed, read_only=read_only), name)
        try:
            with database._connection(writes=not read_only) as connection:
                if connection.dialect.name == SQLITE:
                    connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        except BaseException:
            database.dispose()
            raise
        return database

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @property
    def name(self) -> str:
        """The file, or the URL without its password, for messages."""
        return self._name

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that writes, alone among all processes. Commits at the end; an exception rolls everything back."""
        with self._session(writes=True) as session:
            yield session

    @contextmanager
    def reader(self) -> Iterator[Session]:
        """A session that sees one moment of the database throughout. What it writes is lost."""
        with self._session(writes=False) as session:
            yield session

    @contextmanager
    def schema_transaction(self) -> Iterator[Connection]:
        """A connection for migrations, inside a transaction that commits at the end; the database need not be migrated."""
        with self._connection(writes=True) as connection:
            yield connection

    def upgrade(self) -> None:
        """Brings the database to the newest migration; does nothing where it is there already."""
        with self._connection(writes=True) as connection:
            if migration.current_revision(connection) != migration.newest_revision(connection):
                migration.upgrade(connection)
        self._migrated = True

    def check(self) -> tuple[str, ...]:
        """One line for each thing wrong: pending migrations, tables that differ from the code's, rows without their owner."""
        with self._connection(writes=False) as connection:
            current, newest = migration.current_revision(connection), migration.newest_revision(connection)
            if current != newest:
                return (f"the database is at migration {current or 'none'}, the code at {newest}; run `kb db upgrade`",)
            problems = migration.list_drift(connection)
            with Session(connection) as session:
                return (*problems, *list_orphans(session))

    def dispose(self) -> None:
        """Closes all pooled connections."""
        self._engine.dispose()

    @contextmanager
    def _session(self, *, writes: bool) -> Iterator[Session]:
        with self._connection(writes=writes) as connection:
            if not self._migrated:
                self._require_migrated(connection)
            with Session(connection, autoflush=False, expire_on_commit=False) as session:
                yield session

    def _require_migrated(self, connection: Connection) -> None:
        current, newest = migration.current_revision(connection), migration.newest_revision(connection)
        if current != newest:
            raise StorageError(f"{self._name} is at migration {current or 'none'} and not at {newest}; run `kb db upgrade` first")
        self._migrated = True

    @contextmanager
    def _connection(self, *, writes: bool) -> Iterator[Connection]:
        options = {WRITE_OPTION: True} if writes else reader_options(self._engine.dialect)
        try:
            with self._engine.connect().execution_options(**options) as connection, connection.begin() as transaction:
                yield connection
                if not writes:
                    transaction.rollback()
        except (IntegrityError, ProgrammingError):
            # A mistake of ours, not of the database's: it must not look like one.
            raise
        except DatabaseError as error:
            raise StorageError(_explain(self._name, error)) from error
        except PoolTimeoutError as error:
            raise StorageError(f"{self._name} has no free connection; try again when fewer requests run") from error


def _shown_name(url: URL) -> str:
    if url.get_backend_name() == SQLITE:
        return str(url.database)
    return url.set(drivername="postgresql").render_as_string(hide_password=True)


def _prepare_file(url: URL, name: str, *, read_only: bool) -> URL:
    path = Path(str(url.database))
    if read_only:
        if not path.is_file():
            raise StorageError(f"{name} is no file; ingest something first or set KB_DATABASE_URL to the database you mean")
        return url.set(database=path.resolve().as_uri(), query={**url.query, **_read_only_query(path), "uri": "true"})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"the folder of {name} cannot be made ({error.strerror}); set KB_DATABASE_URL elsewhere") from None
    return url


def _read_only_query(path: Path) -> dict[str, str]:
    """Even to read, SQLite writes a file beside a WAL database: where it may not, the file has to be taken as it lies."""
    unwritable = not os.access(path.parent, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
    journal = path.with_name(f"{path.name}-wal")
    if unwritable and not journal.exists():
        return {"mode": "ro", "immutable": "1"}
    return {"mode": "ro"}


def _explain(name: str, error: DatabaseError) -> str:
    detail = " ".join(str(error.orig).split())
    if "locked" in detail:
        advice = "another process is writing it for long; try again when that is done"
    elif isinstance(error, OperationalError):
        advice = "check that it exists, that you may write it and that the disk has room, or set KB_DATABASE_URL elsewhere"
    else:
        advice = "it is damaged or no database; restore it or set KB_DATABASE_URL elsewhere"
    return f"{name} cannot be used: {detail}; {advice}"
