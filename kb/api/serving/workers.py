"""Several processes that answer at one address, and the one that looks after them."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from types import FrameType
from typing import Final

from kb.api.serving.logs import configure_logs
from kb.api.serving.server import SIGNALS, OpensInlet, answer_on
from kb.errors import KbError
from kb.settings import Settings

_log: Final = logging.getLogger("kb.api")
# Where prometheus_client looks, when it is imported, for the folder in which processes count together.
_METRICS_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
_SPAWN: Final = multiprocessing.get_context("spawn")
_LOOK_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class _Worker:
    process: SpawnProcess
    begun: Event


class Workers:
    """Keeps `settings.serving.workers` processes at work on one listening socket; `begun` is called when all of them listen."""

    def __init__(
        self,
        settings: Settings,
        listener: socket.socket,
        begun: Callable[[], object],
        open_inlet: OpensInlet | None = None,
    ) -> None:
        self._open_inlet = open_inlet
        self._settings = settings
        self._listener = listener
        self._begun: Callable[[], object] | None = begun
        self._workers: list[_Worker] = []
        self._signals = 0

    def run(self) -> None:
        """Returns after SIGINT or SIGTERM, when all have answered what they were at.

        Raises KbError where a worker cannot begin; one that ends later is replaced.
        """
        with self._counting_together(), self._signals_handled():
            for _ in range(self._settings.serving.workers):
                self._start()
            try:
                while not self._signals:
                    wait([worker.process.sentinel for worker in self._workers], timeout=_LOOK_SECONDS)
                    self._replace_ended()
                    if self._begun is not None and all(worker.begun.is_set() for worker in self._workers):
                        self._begun()
                        self._begun = None
            finally:
                self._tell(signal.SIGTERM)
                for worker in self._workers:
                    worker.process.join()

    def _start(self) -> None:
        begun = _SPAWN.Event()
        process = _SPAWN.Process(target=_work, args=(self._settings, self._listener, begun, self._open_inlet), name="kb-serve")
        self._workers.append(_Worker(process, begun))
        process.start()

    def _replace_ended(self) -> None:
        for worker in [each for each in self._workers if each.process.exitcode is not None]:
            self._workers.remove(worker)
            if self._signals:
                continue
            if not worker.begun.is_set():
                raise KbError("a worker process ended before it could serve; what it wrote above says why")
            _log.error("worker process %s ended with %s; another takes its place", worker.process.pid, worker.process.exitcode)
            self._start()

    def _tell(self, number: signal.Signals) -> None:
        for worker in self._workers:
            if worker.process.pid is not None and worker.process.exitcode is None:
                os.kill(worker.process.pid, number)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        self._signals += 1
        # They don't listen to Ctrl-C themselves, which the terminal sends to all of us: a second one is our last word.
        again = number == signal.SIGINT and self._signals > 1
        self._tell(signal.SIGKILL if again else signal.SIGTERM)

    @contextmanager
    def _signals_handled(self) -> Iterator[None]:
        before = {number: signal.signal(number, self._handle) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def _counting_together(self) -> Iterator[None]:
        with tempfile.TemporaryDirectory(prefix="kb-metrics-") as folder:
            os.environ[_METRICS_FOLDER] = folder
            serving = replace(self._settings.serving, metrics_dir=Path(folder))
            self._settings = replace(self._settings, serving=serving)
            try:
                yield
            finally:
                del os.environ[_METRICS_FOLDER]


def _work(settings: Settings, listener: socket.socket, begun: Event, open_inlet: OpensInlet | None) -> None:
    """What a worker process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    configure_logs(settings.log.format, settings.log.level)
    threading.Thread(target=_end_with_parent, name="kb-parent", daemon=True).start()
    try:
        answer_on(listener, settings, begun.set, open_inlet)
    except KbError as error:
        _log.error("%s", error.message)
        raise SystemExit(1) from None


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
