"""Whether the process lives, and whether requests should be sent to it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from time import monotonic
from typing import Final

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kb.api.serving.lifecycle import Lifecycle, Phase
from kb.errors import StorageError
from kb.storage.session import Database, DatabaseState

UNREACHABLE: Final = "DATABASE_UNREACHABLE"
NOT_MIGRATED: Final = "DATABASE_NOT_MIGRATED"

_log: Final = logging.getLogger("kb.api")
# Anybody may ask; the database is asked this often at most.
_KEPT_SECONDS: Final = 1.0
_NO_STORE: Final = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class _Seen:
    at: float
    state: DatabaseState | None


async def answer_alive(request: Request) -> Response:
    """Says that the process answers; whether it can answer anything else is for /readyz to say."""
    return JSONResponse({"status": "ok"}, headers=_NO_STORE)


class Readiness:
    """Answers at /readyz: 200 where requests can be answered, else 503 with the reasons why not."""

    def __init__(self, database: Database, lifecycle: Lifecycle) -> None:
        self._database = database
        self._lifecycle = lifecycle
        self._seen: _Seen | None = None
        self._lock = anyio.Lock()

    async def __call__(self, request: Request) -> Response:
        """The response; `reasons` are STARTING, STOPPING, DATABASE_UNREACHABLE and DATABASE_NOT_MIGRATED."""
        reasons: list[str] = []
        if self._lifecycle.phase is not Phase.SERVING:
            reasons.append(self._lifecycle.phase)
        state = await self._look()
        if state is None:
            reasons.append(UNREACHABLE)
        elif state.revision != state.newest:
            reasons.append(NOT_MIGRATED)
        body: dict[str, object] = {"status": "unready", "reasons": reasons} if reasons else {"status": "ready"}
        body["database"] = self._database.dialect
        if state is not None:
            body |= {"migration": state.revision, "readOnly": state.read_only}
        return JSONResponse(body, 503 if reasons else 200, headers=_NO_STORE)

    async def _look(self) -> DatabaseState | None:
        async with self._lock:
            if self._seen is None or monotonic() - self._seen.at > _KEPT_SECONDS:
                self._seen = _Seen(monotonic(), await anyio.to_thread.run_sync(self._ask))
            return self._seen.state

    def _ask(self) -> DatabaseState | None:
        try:
            return self._database.state()
        except StorageError as error:
            _log.error("the database does not answer: %s", error.message)
            return None
