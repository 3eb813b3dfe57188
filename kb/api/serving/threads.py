"""Threads that make answers while the event loop takes and sends others.

`run_in_executor` gives each piece of work two futures with locks between them and wakes the loop for each result. Under many
requests at once that costs as much as a small answer; here a piece of work has one future, and the loop is woken once for all
results that are there.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class _Job:
    __slots__ = ("error", "future", "result", "work")

    def __init__(self, future: asyncio.Future[Any], work: Callable[[], Any]) -> None:
        self.future = future
        self.work = work
        self.result: Any = None
        self.error: BaseException | None = None


class Threads:
    """At most `most` threads, started as they are needed. `run` and `dispose` are for the thread of the event loop."""

    def __init__(self, name: str, most: int) -> None:
        self._name: Final = name
        self._most: Final = most
        self._threads: Final[list[threading.Thread]] = []
        self._jobs: Final[SimpleQueue[_Job | None]] = SimpleQueue()
        self._done: Final[deque[_Job]] = deque()
        self._under_way = 0
        self._woken = False
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def under_way(self) -> int:
        """How many pieces of work have no result yet that was given to whoever waits for it."""
        return self._under_way

    def run(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """What `work` returns or raises, in one of the threads; in the order of the calls where all are busy."""
        self._loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = self._loop.create_future()
        self._under_way += 1
        if self._under_way > len(self._threads) and len(self._threads) < self._most:
            # Those whose application is never ended, as in tests, must not keep the interpreter from ending.
            thread = threading.Thread(target=self._work, name=f"{self._name}_{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._jobs.put(_Job(future, work))
        return future

    def dispose(self) -> None:
        """Lets the threads end when they have done what is waiting for them."""
        for _ in self._threads:
            self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job.result = job.work()
            except BaseException as error:  # noqa: BLE001 - whoever waits for the result gets it
                job.error = error
            self._done.append(job)
            if not self._woken:
                self._woken = True
                # The loop may have ended meanwhile; then nobody waits any more.
                with suppress(RuntimeError):
                    assert self._loop is not None  # noqa: S101 - it was there when the job came
                    self._loop.call_soon_threadsafe(self._deliver)
            # Nothing is kept until the next one comes.
            del job

    def _deliver(self) -> None:
        # Before looking: what is done from now on wakes the loop again.
        self._woken = False
        done = self._done
        while done:
            job = done.popleft()
            self._under_way -= 1
            if job.future.done():
                continue
            if job.error is not None:
                job.future.set_exception(job.error)
            else:
                job.future.set_result(job.result)
