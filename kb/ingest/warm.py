"""Worker processes that stay: loading a model takes longer than reading an article with it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from kb.domain.article import RawDocument
from kb.ingest.engines import Opener, Outcome, Pool, Worker
from kb.settings import Settings


class WarmPool:
    """Up to `settings.workers` processes, each started when it is first needed and kept until `dispose`.

    Safe to share between threads. Whoever comes while all are busy waits for one.
    """

    def __init__(self, opener: Opener, settings: Settings) -> None:
        self._one = Pool(opener, settings, workers=1)
        self._free = threading.BoundedSemaphore(settings.workers)
        self._idle: list[Worker] = []
        self._lock = threading.Lock()
        self._disposed = False

    def extract_all(self, documents: Iterable[RawDocument]) -> Iterator[Outcome]:
        """The outcomes in the order of the documents; raises KbError when a worker cannot be started."""
        with self._free:
            crew = self._lend()
            try:
                yield from self._one.extract_with(crew, documents)
            finally:
                self._take_back(crew)

    def _lend(self) -> list[Worker]:
        with self._lock:
            return [self._idle.pop()] if self._idle else []

    def _take_back(self, crew: list[Worker]) -> None:
        with self._lock:
            kept = [] if self._disposed else [worker for worker in crew if worker.job is None]
            self._idle += kept
        for worker in crew:
            if worker not in kept:
                worker.dismiss()

    def dispose(self) -> None:
        """Ends the processes; one that is at work ends when it is done."""
        with self._lock:
            self._disposed = True
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.dismiss()
