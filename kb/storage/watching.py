"""Lets somebody outside see which statements run, and when; not what they are given."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext

Watch: TypeAlias = Callable[[str], AbstractContextManager[None]]
"""Makes what surrounds a statement with this text while it runs; the text has places for parameters and no values."""

_OPEN: Final = "kb_watched"


def watch_statements(engine: Engine, watch: Watch) -> None:
    """Surrounds every statement that SQLAlchemy runs on `engine` from now on."""

    def before(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        around = watch(statement)
        around.__enter__()
        connection.info.setdefault(_OPEN, []).append(around)

    def after(connection: Connection, *_rest: object) -> None:
        _leave(connection, None)

    def failed(context: ExceptionContext) -> None:
        if context.connection is not None and context.statement is not None:
            _leave(context.connection, context.original_exception)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    event.listen(engine, "handle_error", failed)


def _leave(connection: Connection, error: BaseException | None) -> None:
    entered: list[Any] = connection.info.get(_OPEN, [])
    if not entered:
        return
    around = entered.pop()
    if error is None:
        around.__exit__(None, None, None)
        return
    try:
        around.__exit__(type(error), error, error.__traceback__)
    except BaseException as raised:
        # It passes the error on, as it should; SQLAlchemy raises it itself.
        if raised is not error:
            raise
