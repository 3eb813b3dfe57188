"""Tokens that open connections live by: a subscription may not outlast the token that it was asked for with."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

import anyio.to_thread

from kb.domain.access import Token
from kb.errors import StorageError
from kb.storage import tokens
from kb.storage.session import Database

_log: Final = logging.getLogger("kb.api")


class Leases:
    """Looks every few seconds which of the tokens in use count no more, all in one question. Only for one event loop's thread."""

    def __init__(self, database: Database, interval_s: float) -> None:
        self._database = database
        self._interval_s = interval_s
        self._held: Counter[str] = Counter()
        self._lapsed: dict[str, asyncio.Event] = {}
        self._watcher: asyncio.Task[None] | None = None

    @contextmanager
    def hold(self, token: Token | None) -> Iterator[asyncio.Event]:
        """What is set when the token expires or is revoked; without a token, never."""
        if token is None:
            yield asyncio.Event()
            return
        self._held[token.id] += 1
        lapsed = self._lapsed.setdefault(token.id, asyncio.Event())
        if self._watcher is None:
            self._watcher = asyncio.create_task(self._watch())
        try:
            yield lapsed
        finally:
            self._held[token.id] -= 1
            if not self._held[token.id]:
                del self._held[token.id], self._lapsed[token.id]
            if not self._held:
                self._watcher.cancel()
                self._watcher = None

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._interval_s)
            try:
                lapsed = await anyio.to_thread.run_sync(self._list_lapsed, tuple(self._held))
            except StorageError as error:
                # Nobody is thrown out because the database is away for a moment; nothing is sent without it either.
                _log.warning("whether tokens still count cannot be seen: %s", error.message)
                continue
            for token_id in lapsed & self._lapsed.keys():
                self._lapsed[token_id].set()

    def _list_lapsed(self, token_ids: tuple[str, ...]) -> frozenset[str]:
        with self._database.reader() as session:
            return tokens.list_lapsed(session, token_ids, datetime.now(UTC))
