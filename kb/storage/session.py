"""The database: opening it, its transactions and its migrations."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from psycopg.errors import QueryCanceled
from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from kb.errors import StorageError
from kb.storage import migration
from kb.storage.dialect import SQLITE, WRITE_OPTION, open_engine, parse_url, reader_options
from kb.storage.integrity import list_orphans
from kb.storage.timeouts import is_timeout, limit_driver, limit_statements, time_limit_error
from kb.storage.watching import Watch, watch_statements

__all__: Final = ["Database", "DatabaseState", "PoolUse", "Session"]


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """Which migration the database is at and which is the code's newest, and whether it can be read only."""

    revision: str | None
    newest: str | None
    read_only: bool


@dataclass(frozen=True, slots=True)
class PoolUse:
    """Connections of this process: those at work, those open without work, and those that somebody has to himself."""

    in_use: int
    idle: int
    apart: int = 0


_UNWATCHED: Final = nullcontext()
# A standby, or a database that its administrator has closed for writing.
_IS_READ_ONLY: Final = "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean"


class Database:
    """One SQLite file or PostgreSQL database. Safe to share between threads; a session is not."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name
        self._migrated = False
        self._newest: str | None = None
        self._watch: Watch | None = None
        self._drivers: list[Any] = []
        self._timeout_s: float | None = None

    @classmethod
    def open(cls, url: str, *, read_only: bool = False, timeout_s: float | None = None) -> Database:
        """A database that was reached and, unless `read_only`, can be written; a SQLite file and its folder are made.

        With `timeout_s` a statement that takes longer is stopped with TimeLimitError (kb.storage.timeouts).

        Raises UsageError for a URL of another kind, StorageError for one that cannot be opened or written. Whether it is
        migrated shows with the first transaction or reader, so that `upgrade` can be called.
        """
        parsed = parse_url(url)
        name = _shown_name(parsed)
        if parsed.get_backend_name() == SQLITE:
            parsed = _prepare_file(parsed, name, read_only=read_only)
        engine = open_engine(parsed, read_only=read_only)
        if timeout_s is not None:
            limit_statements(engine, timeout_s)
        database = cls(engine, name)
        database._timeout_s = timeout_s
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

    def state(self) -> DatabaseState:
        """What the database is like now, migrated or not; raises StorageError where it cannot be reached."""
        with self._connection(writes=False) as connection:
            # The code's own do not change while it runs, and reading them takes longer than all the rest.
            self._newest = self._newest or migration.newest_revision(connection)
            revision = migration.current_revision(connection)
            if connection.dialect.name == SQLITE:
                read_only = not os.access(self._name, os.W_OK)
            else:
                read_only = connection.exec_driver_sql(_IS_READ_ONLY).scalar_one()
        return DatabaseState(revision, self._newest, bool(read_only))

    def pool_use(self) -> PoolUse:
        """How many connections this process has, at this moment."""
        pool = self._engine.pool
        apart = sum(not getattr(driver, "closed", False) for driver in self._drivers)
        return PoolUse(pool.checkedout(), pool.checkedin(), apart) if isinstance(pool, QueuePool) else PoolUse(0, 0, apart)

    def watch(self, watch: Watch) -> None:
        """Surrounds every statement from now on with what `watch` makes for its text."""
        self._watch = watch
        watch_statements(self._engine, watch)

    @property
    def is_watched(self) -> bool:
        """Whether `watch` was called."""
        return self._watch is not None

    def statement(self, text: str) -> AbstractContextManager[None]:
        """What surrounds a statement that is run past SQLAlchemy, on the driver's own connection, so that it is watched too."""
        return _UNWATCHED if self._watch is None else self._watch(text)

    def driver_connection(self) -> Any:
        """The driver's own connection, taken out of the pool for good, until `dispose` closes it. The database is migrated.

        It is read-only on PostgreSQL, and on SQLite where the database is.
        """
        with self.reader():
            pass
        try:
            pooled = self._engine.raw_connection()
        except DatabaseError as error:
            raise StorageError(_explain(self._name, error)) from error
        driver: Any = pooled.driver_connection
        pooled.detach()
        if self.dialect != SQLITE:
            driver.read_only = True
        self._drivers.append(driver)
        return driver

    def limit_driver(self, connection: Any) -> Callable[[], None]:
        """What to call before each statement on a connection of `driver_connection`, so that it has all the time of one."""
        return limit_driver(connection, self._timeout_s) if self._timeout_s is not None else lambda: None

    def dispose(self) -> None:
        """Closes all connections."""
        self._engine.dispose()
        while self._drivers:
            self._drivers.pop().close()

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
        except (sqlite3.OperationalError, QueryCanceled) as error:
            # From a statement that was run past SQLAlchemy.
            if is_timeout(error):
                raise time_limit_error() from error
            raise
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
