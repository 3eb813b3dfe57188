"""The limit: a bare ASGI application that runs one hand-written statement and sends the JSON that it gives. No GraphQL at all.

    python -m benchmarks.graphql_bench.limit PORT DATABASE_URL [--way direct|threads|async] [--statements FILE]

`direct` runs the statement where the event loop runs, so that one request waits for the other; `threads` in threads; `async`
(PostgreSQL alone) leaves waiting to the event loop. With a file of statements (SQLite alone) a request brings the number of one
and its parameters instead of an operation and its variables.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final, Protocol

import psycopg
import uvicorn

from benchmarks.graphql_bench import limit_postgres, limit_sqlite

Message = MutableMapping[str, Any]
_CONNECTIONS: Final = 10


class Backend(Protocol):
    """Answers an operation with the response's bytes."""

    async def answer(self, operation: str, variables: dict[str, Any]) -> bytes:
        """The whole response."""


class DirectBackend:
    """Waits for the database where it is called."""

    def __init__(self, run: Callable[[str, dict[str, Any]], bytes]) -> None:
        self._run = run

    async def answer(self, operation: str, variables: dict[str, Any]) -> bytes:
        return self._run(operation, variables)


class ThreadsBackend:
    """Waits for the database in a thread."""

    def __init__(self, run: Callable[[str, dict[str, Any]], bytes]) -> None:
        self._run = run
        self._threads = ThreadPoolExecutor(_CONNECTIONS)

    async def answer(self, operation: str, variables: dict[str, Any]) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, operation, variables)


class AsyncBackend:
    """Leaves waiting to the event loop. Connections are made as they are needed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._free: SimpleQueue[psycopg.AsyncConnection[Any]] = SimpleQueue()
        self._gate = asyncio.Semaphore(_CONNECTIONS)

    async def answer(self, operation: str, variables: dict[str, Any]) -> bytes:
        statement, parameters = limit_postgres.to_statement(operation, variables)
        async with self._gate:
            if self._free.empty():
                connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
            else:
                connection = self._free.get()
            try:
                async with connection.cursor(binary=True) as cursor:
                    await cursor.execute(statement, parameters, prepare=True)
                    row = await cursor.fetchone()
            finally:
                self._free.put(connection)
        assert row is not None
        return row[0]


class Postgres:
    """Connections to PostgreSQL, made as they are needed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._free: SimpleQueue[psycopg.Connection[Any]] = SimpleQueue()

    @contextmanager
    def _lend(self) -> Iterator[psycopg.Connection[Any]]:
        connection = psycopg.connect(self._url, autocommit=True) if self._free.empty() else self._free.get()
        try:
            yield connection
        finally:
            self._free.put(connection)

    def run(self, operation: str, variables: dict[str, Any]) -> bytes:
        """The whole response."""
        statement, parameters = limit_postgres.to_statement(operation, variables)
        with self._lend() as connection:
            row = connection.cursor(binary=True).execute(statement, parameters, prepare=True).fetchone()
        assert row is not None
        return row[0]


class Sqlite:
    """Connections to a SQLite file, made as they are needed."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._free: SimpleQueue[sqlite3.Connection] = SimpleQueue()

    def run(self, operation: str, variables: dict[str, Any]) -> bytes:
        """The whole response."""
        statement, parameters = limit_sqlite.to_statement(operation, variables)
        connection = self._connect() if self._free.empty() else self._free.get()
        try:
            answered: str = connection.execute(statement, parameters).fetchone()[0]
        finally:
            self._free.put(connection)
        return answered.encode()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, check_same_thread=False, isolation_level=None)
        connection.execute("PRAGMA query_only = ON")
        return connection


class SameSql(Sqlite):
    """Runs the statements that our server makes: a row of 1 and the JSON of what was asked for."""

    def __init__(self, path: str, statements: Path) -> None:
        super().__init__(path)
        listed: list[list[str]] = json.loads(statements.read_text("utf-8"))
        self._statements = {str(number): (f'{{"data":{{"{root}":', sql) for number, (root, sql) in enumerate(listed)}

    def run(self, operation: str, variables: dict[str, Any]) -> bytes:
        begin, sql = self._statements[operation]
        connection = self._connect() if self._free.empty() else self._free.get()
        try:
            answered: str = connection.execute(sql, variables).fetchone()[1]
        finally:
            self._free.put(connection)
        return (begin + answered + "}}").encode()

    def _connect(self) -> sqlite3.Connection:
        # Here, as it takes a while to load what the other servers do not need.
        from kb.storage.select.text import write_cursor, write_moment, write_number

        connection = super()._connect()
        for name, count, function in (
            ("kb_cursor", 1, write_cursor),
            ("kb_number", 1, write_number),
            ("kb_moment", 2, write_moment),
        ):
            connection.create_function(name, count, function, deterministic=True)
        return connection


class Application:
    """Answers each POST with what its backend says."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        if scope["type"] != "http":
            return
        message = await receive()
        raw = message["body"]
        while message.get("more_body"):
            message = await receive()
            raw += message["body"]
        asked = json.loads(raw)
        body = await self._backend.answer(asked["operationName"], asked["variables"])
        headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def open_backend(url: str, way: str, statements: Path | None) -> Backend:
    """The backend over the database at `url`."""
    file = url.removeprefix("sqlite:///")
    if way == "async":
        return AsyncBackend(url)
    database: Postgres | Sqlite = (
        Postgres(url) if file == url else Sqlite(file) if statements is None else SameSql(file, statements)
    )
    return DirectBackend(database.run) if way == "direct" else ThreadsBackend(database.run)


def main() -> None:
    """Serves until it is told to end."""
    parser = argparse.ArgumentParser(prog="benchmarks.graphql_bench.limit")
    parser.add_argument("port", type=int)
    parser.add_argument("url")
    parser.add_argument("--way", choices=("direct", "threads", "async"), default="threads")
    parser.add_argument("--statements", type=Path)
    options = parser.parse_args()
    # Whatever loop and HTTP parser uvicorn finds, which are those that our server gets.
    config = uvicorn.Config(
        Application(open_backend(options.url, options.way, options.statements)),
        host="127.0.0.1",
        port=options.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
    )
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
