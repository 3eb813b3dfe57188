"""Follows the sequence of changes for all subscriptions of one process."""

from __future__ import annotations

import asyncio
import logging
from bisect import bisect_right
from collections.abc import AsyncGenerator, Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

import anyio.to_thread
from anyio import CapacityLimiter

from kb.domain.result import Change
from kb.errors import StorageError
from kb.storage import changes, event_changes, runs
from kb.storage.session import Database

_log: Final = logging.getLogger("kb.api")

T = TypeVar("T")

NOUNS: Final = (event_changes.NOUN, runs.NOUN)
# What one step of a subscription handles at most, and so what it holds in memory.
_PAGE: Final = 50
# Changes that are kept at hand, about 200 bytes each; who is further behind reads the database.
_KEPT: Final = 20_000
_LOOK: Final = 500
# Subscriptions never take all the threads that queries need, nor all connections to the database.
_THREADS: Final = 4


def _number(change: Change) -> int:
    return change.seq


@dataclass(frozen=True, slots=True)
class News:
    """Changes in their order, and the number up to which nothing else is to be told."""

    changes: tuple[Change, ...]
    reached: int


class ChangeFeed:
    """What came, changed and went, in the order of its numbers, however it was written.

    The database is asked once an interval, however many follow, and not at all while nobody does. A follower who is slow is no
    burden: the sequence in the database is its queue. Only for the thread of one event loop.
    """

    def __init__(self, database: Database, interval_s: float) -> None:
        self._database = database
        self._interval_s = interval_s
        self._threads: CapacityLimiter | None = None
        self._followers = 0
        self._poller: asyncio.Task[None] | None = None
        self._closed = False
        # All changes above `_floor` and up to `_head` are in `_recent`.
        self._recent: list[Change] = []
        self._floor = self._head = 0
        self._told = asyncio.Event()
        self._shared: dict[Hashable, asyncio.Future[Any]] = {}

    async def follow(self, after: int) -> AsyncGenerator[News, None]:
        """What comes behind the change `after`, in pages, until the feed is closed. Raises StorageError when the database fails.

        A page may be empty: it says then that what came in between does not matter to anybody.
        """
        with self._following():
            position = after
            while not self._closed:
                told = self._told
                if self._floor <= position <= self._head:
                    news = self._list_recent(position)
                else:
                    news = await self.ask(lambda: self._look(position, _PAGE))  # noqa: B023 - it is over before the next round
                if news.reached > position:
                    position = news.reached
                    yield news
                else:
                    await told.wait()

    async def ask(self, work: Callable[[], T]) -> T:
        """What `work` returns, which runs in one of the few threads that subscriptions have."""
        if self._threads is None:
            self._threads = CapacityLimiter(_THREADS)
        return await anyio.to_thread.run_sync(work, limiter=self._threads)

    async def share(self, key: Hashable, work: Callable[[], T]) -> T:
        """What `work` returns, done once for all that ask for the same `key` while it is done."""
        known = self._shared.get(key)
        if known is None:
            known = self._shared[key] = asyncio.ensure_future(self.ask(work))
            # Those who are told of a change at once ask at once. Nothing is kept for those who are late.
            known.add_done_callback(lambda _: self._shared.pop(key, None))
        # One of those who wait may leave; the others still want it.
        return cast("T", await asyncio.shield(known))

    def close(self) -> None:
        """Ends all following."""
        self._closed = True
        self._tell()

    @property
    def closed(self) -> bool:
        """Whether the server ends."""
        return self._closed

    @contextmanager
    def _following(self) -> Iterator[None]:
        self._followers += 1
        if self._poller is None:
            self._poller = asyncio.create_task(self._poll())
        try:
            yield
        finally:
            self._followers -= 1
            if self._followers == 0:
                self._poller.cancel()
                self._poller = None
                self._recent.clear()
                self._floor = self._head = 0

    async def _poll(self) -> None:
        begun = failing = False
        while True:
            try:
                if not begun:
                    self._floor = self._head = await self.ask(self._look_last)
                    begun = True
                    self._tell()
                news = await self.ask(lambda: self._look(self._head, _LOOK))
                if news.reached > self._head:
                    self._keep(news)
                    self._tell()
                if failing:
                    _log.info("changes are followed again")
                failing = False
                if len(news.changes) == _LOOK:
                    continue
            except StorageError as error:
                if not failing:
                    _log.error("changes cannot be followed: %s", error.message)
                failing = True
            await asyncio.sleep(self._interval_s)

    def _keep(self, news: News) -> None:
        self._recent.extend(news.changes)
        self._head = news.reached
        if len(self._recent) > 2 * _KEPT:
            self._floor = self._recent[_KEPT - 1].seq
            del self._recent[:_KEPT]

    def _tell(self) -> None:
        self._told.set()
        self._told = asyncio.Event()

    def _list_recent(self, position: int) -> News:
        begin = bisect_right(self._recent, position, key=_number)
        page = tuple(self._recent[begin : begin + _PAGE])
        return News(page, page[-1].seq if len(self._recent) > begin + _PAGE else self._head)

    def _look(self, position: int, first: int) -> News:
        with self._database.reader() as session:
            last = changes.lookup_last_change(session)
            if last <= position:
                return News((), position)
            found = changes.list_changes(session, position, first, NOUNS)
        return News(found, last if len(found) < first else found[-1].seq)

    def _look_last(self) -> int:
        with self._database.reader() as session:
            return changes.lookup_last_change(session)
