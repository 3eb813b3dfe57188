"""Executes statements on drivers' own connections: what comes back is text that goes to the client as it is."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

import psycopg

from kb.storage.dialect import POSTGRESQL
from kb.storage.select.drivers import (
    PREPARED,
    Roots,
    expect_done,
    is_lost,
    list_parameters,
    name_parameters,
    open_postgresql,
    open_sqlite,
    roots_of_result,
    roots_of_row,
    to_kb_error,
)
from kb.storage.select.statement import Statement, Value
from kb.storage.session import Database


class UnparsableError(Exception):
    """The database's parser gives up on a statement; it is right, but too deep for it."""


class _Connection(Protocol):
    def run(self, statement: Statement, values: Mapping[str, Value]) -> Roots: ...

    def close(self) -> None: ...

    def is_lost(self) -> bool: ...


class Execution:
    """Runs statements on connections of its own, which are taken out of the database's pool; each is used by one thread at a
    time, and there are never more than statements that ran at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._free: deque[_Connection] = deque()

    def run(self, statement: Statement, values: Mapping[str, Value]) -> Roots:
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
            else:
                self._free.append(connection)
            if "parser stack overflow" in str(error):
                raise UnparsableError(statement.sql) from error
            raise to_kb_error(self._database, error) from error
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


class _Postgresql:
    """libpq itself: a cursor of the driver's costs more than the answer of a small query."""

    def __init__(self, driver: Any) -> None:
        self._driver = open_postgresql(driver)
        self._libpq = driver.pgconn
        self._prepared: OrderedDict[str, bytes] = OrderedDict()
        self._made = 0

    def run(self, statement: Statement, values: Mapping[str, Value]) -> Roots:
        name = self._prepared.get(statement.sql)
        if name is None:
            name = self._prepare(statement.sql)
        else:
            self._prepared.move_to_end(statement.sql)
        return roots_of_result(self._libpq.exec_prepared(name, list_parameters(statement, values)))

    def close(self) -> None:
        self._driver.close()

    def is_lost(self) -> bool:
        return is_lost(self._libpq)

    def _prepare(self, sql: str) -> bytes:
        if len(self._prepared) >= PREPARED:
            # The one used longest ago makes room.
            _, old = self._prepared.popitem(last=False)
            self._libpq.exec_(b"DEALLOCATE " + old)
        self._made += 1
        name = b"kb_%d" % self._made
        expect_done(self._libpq.prepare(name, sql.encode()))
        self._prepared[sql] = name
        return name


class _Sqlite:
    def __init__(self, driver: sqlite3.Connection, restart: Callable[[], None]) -> None:
        self._driver = open_sqlite(driver)
        self._restart = restart

    def run(self, statement: Statement, values: Mapping[str, Value]) -> Roots:
        self._restart()
        return roots_of_row(self._driver.execute(statement.sql, name_parameters(statement, values)).fetchone())

    def close(self) -> None:
        self._driver.close()

    def is_lost(self) -> bool:
        return False
