"""How statements are put to each driver and what it answers, whoever waits for it: a thread or an event loop."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, Final

import psycopg
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus

from kb.errors import KbError, StorageError
from kb.storage.select.statement import Statement, Value
from kb.storage.select.text import write_cursor, write_moment, write_number
from kb.storage.session import Database
from kb.storage.timeouts import is_timeout, time_limit_error

Roots = tuple[bytes, ...] | None
"""The JSON of each root; None where an id that was given names nothing."""

# How many prepared statements a connection keeps.
PREPARED: Final = 200
_NULL: Final = b"null"


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


def list_parameters(statement: Statement, values: Mapping[str, Value]) -> list[bytes]:
    """The statement's parameters in order, as PostgreSQL reads their text."""
    return [_to_bytes(values[name] if own is None else own) for name, own in statement.parameters]


def name_parameters(statement: Statement, values: Mapping[str, Value]) -> dict[str, str | int | float]:
    """The statement's parameters by name, as SQLite takes them."""
    return {name: _to_sqlite(values[name] if own is None else own) for name, own in statement.parameters}


def roots_of_result(result: Any) -> Roots:
    """What libpq's result says; raises the driver's error where it is none."""
    if result.status != ExecStatus.TUPLES_OK:
        raise _error_of(result)
    if result.get_value(0, 0) != b"1":
        return None
    return tuple([result.get_value(0, at) or _NULL for at in range(1, result.nfields)])


def roots_of_row(row: tuple[Any, ...]) -> Roots:
    """What a row of SQLite's says."""
    fine, *roots = row
    return tuple([_NULL if root is None else root.encode() for root in roots]) if fine == 1 else None


def expect_done(result: Any) -> None:
    """Raises the driver's error where libpq's result of a command is one."""
    if result.status != ExecStatus.COMMAND_OK:
        raise _error_of(result)


def is_lost(libpq: Any) -> bool:
    """Whether the connection is of no more use."""
    lost: bool = libpq.status != ConnStatus.OK
    return lost


def to_kb_error(database: Database, error: psycopg.Error | sqlite3.Error) -> KbError:
    """What is said instead of a driver's error."""
    if is_timeout(error):
        return time_limit_error()
    return StorageError(f"{database.name} cannot be used: {' '.join(str(error).split())}")


def _error_of(result: Any) -> psycopg.Error:
    code = result.error_field(DiagnosticField.SQLSTATE)
    kind: Callable[[str], psycopg.Error] = psycopg.errors.lookup(code.decode()) if code else psycopg.OperationalError
    return kind((result.error_message or b"no answer").decode(errors="replace"))


def _to_bytes(value: Value) -> bytes:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, int | float):
        return repr(value).encode()
    return ('{"' + '","'.join(value) + '"}' if value else "{}").encode()


def _to_sqlite(value: Value) -> str | int | float:
    if isinstance(value, str | int | float):
        return value
    return '["' + '","'.join(value) + '"]' if value else "[]"
