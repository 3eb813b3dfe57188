"""The read session of one request."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from kb.storage.session import Database

P = ParamSpec("P")
T = TypeVar("T")


class Reading:
    """One consistent view of the database, opened when the first row is asked for and closed with the request or by `renew`.

    A request is answered by one thread from beginning to end, so no lock is needed and resolvers may call storage as it is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stack = ExitStack()
        self._session: Any = None

    def ask(self, query: Callable[Concatenate[Any, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `query` of a storage module answers in this session."""
        if self._session is None:
            self._session = self._stack.enter_context(self._database.reader())
        return query(self._session, *args, **kwargs)

    def renew(self) -> None:
        """Lets go of the view, so that the next question sees what has been written meanwhile."""
        self._session = None
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()
