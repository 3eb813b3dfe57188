"""One line for every request: who asked for which operation, how it was answered and how long that took."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, MutableMapping
from typing import Any, Final, Generic, NamedTuple, TypeVar

import orjson
import structlog
from starlette.types import Scope

from kb.api.serving.exchange import WEBSOCKET, Exchange
from kb.api.serving.logs import JSON

# Lines wait this long for others that are made and written with them, as a system call for each would cost more than making the
# line. Where they wait longer, many are made in a row, and answers wait for that.
_GATHER_SECONDS: Final = 0.02
# What reaches a pipe in one piece, whoever else writes to it (POSIX's PIPE_BUF on Linux): other workers do.
_PIECE_BYTES: Final = 4_096
_PATH_CHARACTERS: Final = 200
_FAILED_FROM: Final = 500
_AT: Final = "at"


T = TypeVar("T")


class GatheredLines(Generic[T]):
    """Makes and writes lines by a thread of its own, many at once, so that a slow reader of the log keeps nobody waiting."""

    def __init__(self, make: Callable[[T], bytes], write: Callable[[bytes], object], most: int = 100_000) -> None:
        self._make = make
        self._write = write
        # Where nobody reads the log any more, the oldest lines go.
        self._entries: deque[T] = deque(maxlen=most)
        self._any = threading.Event()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kb-request-log", daemon=True)
        self._thread.start()

    def add(self, entry: T) -> None:
        """Has the line of the entry written soon."""
        self._entries.append(entry)
        if not self._any.is_set():
            self._any.set()

    def close(self) -> None:
        """Writes what is left, and ends."""
        self._end.set()
        self._any.set()
        self._thread.join()
        self._flush()

    def _run(self) -> None:
        while not self._end.is_set():
            self._any.wait()
            self._end.wait(_GATHER_SECONDS)
            # Before the entries are taken: one that comes meanwhile is taken now, or next time.
            self._any.clear()
            self._flush()

    def _flush(self) -> None:
        piece: list[bytes] = []
        size = 0
        while self._entries:
            line = self._make(self._entries.popleft())
            if piece and size + len(line) > _PIECE_BYTES:
                self._write(b"".join(piece))
                piece, size = [], 0
            piece.append(line)
            size += len(line)
        if piece:
            self._write(b"".join(piece))


class _Entry(NamedTuple):
    at: float
    method: str
    path: str
    exchange: Exchange
    seconds: float


class RequestLog:
    """Logs requests as lines of JSON or for people, with structlog; those that failed are errors, all others information."""

    def __init__(self, style: str, level: str, write: Callable[[bytes], object] | None = None) -> None:
        self._lines = GatheredLines(self._make, write or _write_stderr)
        self._tells_all = logging.getLevelNamesMapping()[level.upper()] <= logging.INFO
        self._log = structlog.wrap_logger(
            structlog.ReturnLogger(),
            processors=[_Stamp(), _json_line if style == JSON else _console_line],
            wrapper_class=structlog.BoundLogger,
            cache_logger_on_first_use=True,
        ).bind()

    def observe(self, scope: Scope, exchange: Exchange, seconds: float) -> None:
        """Logs the request; neither its variables and text nor its headers and query string."""
        if self._tells_all or exchange.status >= _FAILED_FROM:
            path = scope["path"][:_PATH_CHARACTERS]
            self._lines.add(_Entry(time.time(), scope.get("method", WEBSOCKET), path, exchange, seconds))

    def _make(self, entry: _Entry) -> bytes:
        exchange = entry.exchange
        line = self._log.error if exchange.status >= _FAILED_FROM else self._log.info
        fields: dict[str, Any] = {
            _AT: entry.at,
            "request_id": exchange.request_id,
            "method": entry.method,
            "path": entry.path,
            "status": exchange.status,
            "duration_ms": round(entry.seconds * 1000, 2),
        }
        if exchange.graphql:
            fields |= {
                "operation": exchange.operation,
                "way": exchange.way,
                "price": exchange.price,
                "caller": exchange.caller,
                "codes": exchange.codes,
            }
        made: bytes = line("request", **fields)
        return made

    def dispose(self) -> None:
        """Writes what is left."""
        self._lines.close()


class _Stamp:
    """Puts time and level first; the part of the time that stays the same for a second is made once."""

    def __init__(self) -> None:
        self._second = 0
        self._text = ""

    def __call__(self, _logger: object, method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
        at: float = event.pop(_AT)
        second = int(at)
        if second != self._second:
            self._text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
            self._second = second
        return {"timestamp": f"{self._text}.{int((at - second) * 1000):03d}Z", "level": method, **event}


def _json_line(_logger: object, _method: str, event: MutableMapping[str, Any]) -> bytes:
    return orjson.dumps(event, default=str, option=orjson.OPT_APPEND_NEWLINE)


def _console_line(_logger: object, _method: str, event: MutableMapping[str, Any]) -> bytes:
    known = ("timestamp", "level", "event", "method", "path", "status", "duration_ms")
    stamp, level, _, method, path, status, took = (event[name] for name in known)
    rest = "".join(f" {name}={value}" for name, value in event.items() if name not in known and value not in (None, "", ()))
    shown = path if path.isprintable() and " " not in path else repr(path)
    line = f"{stamp} [{level}] {method} {shown} {status} {took} ms{rest}\n"
    return line.encode("utf-8", "backslashreplace")


def _write_stderr(content: bytes) -> None:
    view = memoryview(content)
    try:
        while view:
            view = view[os.write(sys.stderr.fileno(), view) :]
    except OSError:
        # Whoever read the log is gone; the requests go on.
        return
