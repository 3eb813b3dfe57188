"""Executes statements from an event loop without a thread, which costs more than a small statement.

PostgreSQL's connections are asked without waiting for them. SQLite works where it is called: what it does not finish in a few
milliseconds is given up, for a thread to do.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Mapping
from typing import Any, Final, Protocol

import psycopg
from psycopg.pq import ExecStatus

from kb.errors import StorageError
from kb.storage.dialect import POSTGRESQL
from kb.storage.select.execution import PREPARED, error_of, open_postgresql, open_sqlite, roots_of, to_bytes, to_sqlite
from kb.storage.select.statement import Statement, Value
from kb.storage.session import Database
from kb.storage.timeouts import is_timeout, time_limit_error

_CONNECTIONS: Final = 10
_INLINE_S: Final = 0.005
# SQLite looks at the clock after so many steps of its machine, which take about 50 microseconds.
_STEPS: Final = 1_000

Roots = tuple[bytes, ...] | None


class NotPromptError(Exception):
    """The statement takes longer than an event loop may be kept."""


class PromptExecution(Protocol):
    """Runs statements for one event loop."""

    async def run(self, statement: Statement, values: Mapping[str, Value]) -> Roots:
        """As `kb.storage.select.execution.Execution.run`; raises NotPromptError where a thread has to do it."""


def open_prompt(database: Database) -> PromptExecution:
    """For the event loop that uses it first."""
    return _Postgresql(database) if database.dialect == POSTGRESQL else _Sqlite(database)


class _Sqlite:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._driver: sqlite3.Connection | None = None
        self._end = 0.0

    async def run(self, statement: Statement, values: Mapping[str, Value]) -> Roots:
        driver = self._driver or self._connect()
        given = {name: to_sqlite(values[name] if own is None else own) for name, own in statement.parameters}
        self._end = time.monotonic() + _INLINE_S
        try:
            return roots_of(driver.execute(statement.sql, given).fetchone())
        except sqlite3.Error as error:
            # Whatever it is, the thread meets it too and says so.
            raise NotPromptError from error

    def _connect(self) -> sqlite3.Connection:
        driver = self._driver = open_sqlite(self._database.driver_connection())
        driver.set_progress_handler(lambda: time.monotonic() > self._end, _STEPS)
        return driver


class _Postgresql:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._free: deque[_Link] = deque()
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._open = 0

    async def run(self, statement: Statement, values: Mapping[str, Value]) -> Roots:
        link = await self._take()
        try:
            roots = await link.run(statement, values)
        except psycopg.Error as error:
            if not link.is_lost():
                self._give_back(link)
                if is_timeout(error):
                    raise time_limit_error() from error
                raise StorageError(f"{self._database.name} cannot be used: {' '.join(str(error).split())}") from error
            self._lose(link)
            # The thread's connections find out for themselves whether the server is there again.
            raise NotPromptError from error
        except BaseException:
            # Nobody waits for what is under way on it.
            self._lose(link)
            raise
        self._give_back(link)
        return roots

    async def _take(self) -> _Link:
        while not self._free:
            if self._open < _CONNECTIONS:
                self._open += 1
                try:
                    driver = await asyncio.get_running_loop().run_in_executor(None, self._database.driver_connection)
                except BaseException:
                    self._open -= 1
                    raise
                return _Link(open_postgresql(driver))
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn
        return self._free.pop()

    def _give_back(self, link: _Link) -> None:
        self._free.append(link)
        self._wake()

    def _lose(self, link: _Link) -> None:
        link.close()
        self._open -= 1
        self._wake()

    def _wake(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return


class _Link:
    """A connection that is asked without waiting; the event loop says when something has come."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self._libpq = driver.pgconn
        self._libpq.nonblocking = 1
        self._prepared: dict[str, bytes] = {}
        self._answer: asyncio.Future[Any] | None = None
        self._result: Any = None
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._libpq.socket, self._on_readable)

    async def run(self, statement: Statement, values: Mapping[str, Value]) -> Roots:
        name = self._prepared.get(statement.sql)
        if name is None:
            name = await self._prepare(statement.sql)
        given = [to_bytes(values[each] if own is None else own) for each, own in statement.parameters]
        self._libpq.send_query_prepared(name, given)
        result = await self._come()
        if result.status != ExecStatus.TUPLES_OK:
            raise error_of(result)
        if result.get_value(0, 0) != b"1":
            return None
        return tuple([result.get_value(0, at) or b"null" for at in range(1, result.nfields)])

    async def _prepare(self, sql: str) -> bytes:
        if len(self._prepared) >= PREPARED:
            # All of them, which is rare: a text that is asked again is prepared again.
            self._prepared.clear()
            self._libpq.send_query(b"DEALLOCATE ALL")
            await self._come()
        name = b"kb_%d" % len(self._prepared)
        self._libpq.send_prepare(name, sql.encode())
        result = await self._come()
        if result.status != ExecStatus.COMMAND_OK:
            raise error_of(result)
        self._prepared[sql] = name
        return name

    def _come(self) -> asyncio.Future[Any]:
        # What is sent is a few hundred bytes: it waits for nothing but a connection that is lost.
        while self._libpq.flush():
            pass
        answer = self._answer = self._loop.create_future()
        return answer

    def _on_readable(self) -> None:
        try:
            self._libpq.consume_input()
            while not self._libpq.is_busy():
                result = self._libpq.get_result()
                if result is None:
                    self._finish(self._result, None)
                    return
                self._result = result
        except psycopg.Error as error:
            self._loop.remove_reader(self._libpq.socket)
            self._finish(None, error)

    def _finish(self, result: Any, error: psycopg.Error | None) -> None:
        answer, self._answer, self._result = self._answer, None, None
        if answer is None or answer.done():
            return
        if error is None:
            answer.set_result(result)
        else:
            answer.set_exception(error)

    def is_lost(self) -> bool:
        lost: bool = self._libpq.status != 0
        return lost

    def close(self) -> None:
        if self._libpq.status == 0:
            self._loop.remove_reader(self._libpq.socket)
        self._driver.close()
