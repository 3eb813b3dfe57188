"""Statements that take too long are stopped: a limit that the database itself keeps, so that nobody has to be asked to."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from psycopg import errors as postgres
from sqlalchemy import Engine, ExceptionContext, event

from kb.errors import TimeLimitError

_CLOCK: Final = "kb_clock"
_STOPPED: Final = "kb_stopped"
# SQLite counts steps of its own machine; this many take about a millisecond, and asking for the time between them costs nothing.
_STEPS: Final = 20_000


@dataclass(slots=True)
class _Clock:
    """When what a connection is at has to be over."""

    end: float

    def is_over(self) -> bool:
        return time.monotonic() > self.end


def limit_statements(engine: Engine, seconds: float) -> None:
    """Stops what takes longer, from the next connection on: on PostgreSQL each statement, on SQLite all statements together from
    when a connection is taken from the pool until it is given back. Whoever waits for it gets TimeLimitError."""
    is_postgresql = engine.dialect.name == "postgresql"

    def connect(connection: Any, record: Any) -> None:
        if is_postgresql:
            # Outside a transaction, so that it holds for all that follow.
            connection.autocommit = True
            connection.execute(f"SET statement_timeout = {round(seconds * 1000)}")
            connection.autocommit = False
        else:
            clock = record.info[_CLOCK] = _Clock(time.monotonic() + seconds)
            connection.set_progress_handler(clock.is_over, _STEPS)

    def check_out(_connection: Any, record: Any, _proxy: Any) -> None:
        if is_postgresql:
            record.info.pop(_STOPPED, None)
        else:
            record.info[_CLOCK].end = time.monotonic() + seconds

    def translate(context: ExceptionContext) -> None:
        info = context.connection.info if context.connection is not None else {}
        # PostgreSQL answers nothing more in a transaction once it stopped one of its statements.
        aborted = _STOPPED in info and isinstance(context.original_exception, postgres.InFailedSqlTransaction)
        if aborted or is_timeout(context.original_exception):
            info[_STOPPED] = True
            raise time_limit_error() from context.original_exception

    event.listen(engine, "connect", connect)
    event.listen(engine, "checkout", check_out)
    event.listen(engine, "handle_error", translate)


def limit_driver(connection: Any, seconds: float) -> Callable[[], None]:
    """For a connection that has left its pool: what to call before each of its statements, which then has all its time."""
    if not isinstance(connection, sqlite3.Connection):
        # PostgreSQL keeps the limit of `limit_statements` itself, statement by statement.
        return _nothing
    clock = _Clock(time.monotonic() + seconds)
    connection.set_progress_handler(clock.is_over, _STEPS)

    def restart() -> None:
        clock.end = time.monotonic() + seconds

    return restart


def _nothing() -> None:
    pass


def is_timeout(error: BaseException) -> bool:
    """Whether a driver's error says that the statement was stopped because of its time."""
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT
    return isinstance(error, postgres.QueryCanceled)


def time_limit_error() -> TimeLimitError:
    """What is said instead of the driver's error."""
    return TimeLimitError("the database took too long over this and was stopped; narrow the filter, or ask for less at once")
