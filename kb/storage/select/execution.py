"""Executes statements on drivers' own connections: what comes back is text that goes to the client as it is."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, Protocol

import psycopg
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus

from kb.errors import StorageError
from kb.storage.dialect import POSTGRESQL
from kb.storage.select.statement import Statement, Value
from kb.storage.select.text import write_cursor, write_moment, write_number
from kb.storage.session import Database
from kb.storage.timeouts import is_timeout, time_limit_error

# How many prepared statements a connection keeps; the one used longest ago makes room.
PREPARED: Final = 200


class UnparsableError(Exception):
    """The database's parser gives up on a statement; it is right, but too deep for it."""


class _Connection(Protocol):
    def run(self, statement: Statement, values: Mapping[str, Value]) -> tuple[bytes, ...] | None: ...

    def close(self) -> None: ...

    def is_lost(self) -> bool: ...


class Execution:
    """Runs statements on connections of its own, which are taken out of the database's pool; each is used by one thread at a
    time, and there are never more than statements that ran at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._free: deque[_Connection] = deque()

    def run(self, statement: Statement, values: Mapping[str, Value]) -> tuple[bytes, ...] | None:
        """The JSON of each root; None where an id that was given names nothing.

        Raises StorageError where the database does not answer, TimeLimitError where that takes too long, and UnparsableError
        where the statement is too deep for it.
        """
        connection, used = self._take()
        try:
            with self._database.statement(statement.sql):
                answered = connection.run(statement, values)
        except (psycopg.Error, sqlite3.Error) as error:
            if connection.is_lost():
                # The server went and came back, most likely: what is left from before is lost too.
                self._close_free(connection)
                if used:
                    return self.run(statement, values)
                raise StorageError(f"{self._database.name} cannot be used: {' '.join(str(error).split())}") from error
            self._free.append(connection)
            if is_timeout(error):
                raise time_limit_error() from error
            if "parser stack overflow" in str(error):
                raise UnparsableError(statement.sql) from error
            raise StorageError(f"{self._database.name} cannot be used: {' '.join(str(error).split())}") from error
        self._free.append(connection)
        return answered

    def _take(self) -> tuple[_Connection, bool]:
        """A connection, and whether it was used before."""
        try:
            # The one used last, so that those not needed any more stay at the other end.
            return self._free.pop(), True
        except IndexError:
            return self._connect(), False

    def _close_free(self, *lost: _Connection) -> None:
        for each in lost:
            each.close()
        while self._free:
            with suppress(IndexError):
                self._free.pop().close()

    def _connect(self) -> _Connection:
        driver = self._database.driver_connection()
        restart = self._database.limit_driver(driver)
        return _Postgresql(driver) if self._database.dialect == POSTGRESQL else _Sqlite(driver, restart)


def open_postgresql(driver: Any) -> Any:
    """The driver's connection, set up for statements like these."""
    driver.autocommit = True
    # A statement is planned once, as it says what the planner has to know; compiling it takes longer than it runs.
    driver.pgconn.exec_(b"SET plan_cache_mode = force_generic_plan; SET jit = off; SET default_transaction_read_only = on")
    return driver


def open_sqlite(driver: sqlite3.Connection) -> sqlite3.Connection:
    """The driver's connection, set up for statements like these."""
    driver.create_function("kb_cursor", 1, write_cursor, deterministic=True)
    driver.create_function("kb_number", 1, write_number, deterministic=True)
    driver.create_function("kb_moment", 2, write_moment, deterministic=True)
    return driver


class _Postgresql:
    """libpq itself: a cursor of the driver's costs more than the answer of a small query."""

    def __init__(self, driver: Any) -> None:
        self._driver = open_postgresql(driver)
        self._libpq = driver.pgconn
        self._prepared: OrderedDict[str, bytes] = OrderedDict()
        self._made = 0

    def run(self, statement: Statement, values: Mapping[str, Value]) -> tuple[bytes, ...] | None:
        name = self._prepared.get(statement.sql)
        if name is None:
            name = self._prepare(statement.sql)
        else:
            self._prepared.move_to_end(statement.sql)
        result = self._libpq.exec_prepared(
            name, [to_bytes(values[name] if own is None else own) for name, own in statement.parameters]
        )
        if result.status != ExecStatus.TUPLES_OK:
            raise error_of(result)
        if result.get_value(0, 0) != b"1":
            return None
        return tuple([result.get_value(0, at) or b"null" for at in range(1, result.nfields)])

    def close(self) -> None:
        self._driver.close()

    def is_lost(self) -> bool:
        lost: bool = self._libpq.status != ConnStatus.OK
        return lost

    def _prepare(self, sql: str) -> bytes:
        if len(self._prepared) >= PREPARED:
            _, old = self._prepared.popitem(last=False)
            self._libpq.exec_(b"DEALLOCATE " + old)
        self._made += 1
        name = b"kb_%d" % self._made
        result = self._libpq.prepare(name, sql.encode())
        if result.status != ExecStatus.COMMAND_OK:
            raise error_of(result)
        self._prepared[sql] = name
        return name


def roots_of(row: tuple[Any, ...]) -> tuple[bytes, ...] | None:
    """The JSON of each root in a row of SQLite's; None where an id that was given names nothing."""
    fine, *roots = row
    return tuple([b"null" if root is None else root.encode() for root in roots]) if fine == 1 else None


def error_of(result: Any) -> psycopg.Error:
    """What a result of libpq's that is none says."""
    kind = (
        psycopg.errors.lookup(code.decode())
        if (code := result.error_field(DiagnosticField.SQLSTATE))
        else psycopg.OperationalError
    )
    return kind((result.error_message or b"no answer").decode(errors="replace"))


def to_bytes(value: Value) -> bytes:
    """As PostgreSQL reads a parameter's text."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, int | float):
        return repr(value).encode()
    return ('{"' + '","'.join(value) + '"}' if value else "{}").encode()


class _Sqlite:
    def __init__(self, driver: sqlite3.Connection, restart: Callable[[], None]) -> None:
        self._driver = open_sqlite(driver)
        self._restart = restart

    def run(self, statement: Statement, values: Mapping[str, Value]) -> tuple[bytes, ...] | None:
        self._restart()
        given = {name: to_sqlite(values[name] if own is None else own) for name, own in statement.parameters}
        return roots_of(self._driver.execute(statement.sql, given).fetchone())

    def close(self) -> None:
        self._driver.close()

    def is_lost(self) -> bool:
        return False


def to_sqlite(value: Value) -> str | int | float:
    """As SQLite takes a parameter."""
    if isinstance(value, str | int | float):
        return value
    return '["' + '","'.join(value) + '"]' if value else "[]"
