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

# So many statements keep two processors busy, and more at once only take turns (4 instead of 10: a tenth more entity pages a
# second, benchmarks/graphql.py). Whoever has waited so long is behind statements that take long, and may run beside them.
_AT_ONCE: Final = 4
_MOST: Final = 10
_PATIENCE_S: Final = 0.05
_INLINE_S: Final = 0.005
# SQLite looks at the clock after so many steps of its machine, which take about 50 microseconds.
_STEPS: Final = 1_000


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
        given = name_parameters(statement, values)
        self._end = time.monotonic() + _INLINE_S
        try:
            return roots_of_row(driver.execute(statement.sql, given).fetchone())
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
        # Who came first has waited longest.
        self._waiting: deque[tuple[float, asyncio.Future[_Link | None]]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._busy = 0

    async def run(self, statement: Statement, values: Mapping[str, Value]) -> Roots:
        link = await self._take()
        try:
            roots = await link.run(statement, values)
        except psycopg.Error as error:
            if not link.is_lost():
                self._give_back(link)
                raise to_kb_error(self._database, error) from error
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
        most = _AT_ONCE
        while self._busy >= most:
            link = await self._wait()
            if link is not None:
                return link
            most = _MOST
        self._busy += 1
        if self._free:
            return self._free.pop()
        try:
            driver = await asyncio.get_running_loop().run_in_executor(None, self._database.driver_connection)
        except BaseException:
            self._busy -= 1
            raise
        return _Link(open_postgresql(driver))

    async def _wait(self) -> _Link | None:
        """A connection that somebody has no more use for; None where that takes long."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[_Link | None] = loop.create_future()
        self._waiting.append((loop.time() + _PATIENCE_S, turn))
        if self._timer is None:
            # One for all who wait: a timer for each would be made and cancelled with nearly every request.
            self._timer = loop.call_later(_PATIENCE_S, self._let_go_on)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and (link := turn.result()) is not None:
                self._give_back(link)
            raise

    def _let_go_on(self) -> None:
        """Has those who have waited long enough wait no more."""
        loop = asyncio.get_running_loop()
        while self._waiting and self._waiting[0][0] <= loop.time():
            _hand(self._waiting.popleft()[1], None)
        self._timer = loop.call_at(self._waiting[0][0], self._let_go_on) if self._waiting else None

    def _give_back(self, link: _Link) -> None:
        if self._busy <= _AT_ONCE:
            while self._waiting:
                if _hand(self._waiting.popleft()[1], link):
                    return
        self._busy -= 1
        self._free.append(link)

    def _lose(self, link: _Link) -> None:
        link.close()
        self._busy -= 1
        while self._waiting and not _hand(self._waiting.popleft()[1], None):
            pass


def _hand(turn: asyncio.Future[_Link | None], link: _Link | None) -> bool:
    """Whether somebody still waited for it."""
    if turn.done():
        return False
    turn.set_result(link)
    return True


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
        # A connection that is lost doesn't tell it any more.
        self._socket: int | None = self._libpq.socket
        self._loop.add_reader(self._socket, self._on_readable)

    async def run(self, statement: Statement, values: Mapping[str, Value]) -> Roots:
        name = self._prepared.get(statement.sql)
        if name is None:
            name = await self._prepare(statement.sql)
        self._libpq.send_query_prepared(name, list_parameters(statement, values))
        return roots_of_result(await self._come())

    async def _prepare(self, sql: str) -> bytes:
        if len(self._prepared) >= PREPARED:
            # All of them, which is rare: a text that is asked again is prepared again.
            self._prepared.clear()
            self._libpq.send_query(b"DEALLOCATE ALL")
            await self._come()
        name = b"kb_%d" % len(self._prepared)
        self._libpq.send_prepare(name, sql.encode())
        expect_done(await self._come())
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
            self._unwatch()
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
        return is_lost(self._libpq)

    def close(self) -> None:
        self._unwatch()
        self._driver.close()

    def _unwatch(self) -> None:
        # Once only: the number of a socket that is closed soon belongs to another connection.
        if self._socket is not None:
            self._loop.remove_reader(self._socket)
            self._socket = None
