"""Where extraction runs: in this process, or in worker processes that may die without taking the run along."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from math import inf
from multiprocessing.connection import Connection, wait
from typing import Final, Protocol, TypeAlias, cast

from kb.domain.article import Article, RawDocument
from kb.domain.extraction import Extraction
from kb.errors import DocumentError, KbError
from kb.settings import Settings

_LOG: Final = logging.getLogger(__name__)
_SPAWN: Final = multiprocessing.get_context("spawn")
# NumPy's and BLAS's own threads only fight over the cores that the workers already keep busy.
_THREAD_SETTINGS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
# A worker can be killed by chance (memory, an operator); a document that was there twice is taken for the cause.
_ATTEMPTS: Final = 2


class Extracts(Protocol):
    """What reads an article."""

    @property
    def known_names(self) -> frozenset[str]:
        """Names of the reference data, which repair needs."""
        ...

    def extract(self, article: Article) -> Extraction:
        """All that the article yields; the same for the same article."""
        ...


Opener: TypeAlias = Callable[[Settings], Extracts]
Outcome: TypeAlias = Extraction | DocumentError


def open_extractor(settings: Settings) -> Extracts:
    """The real extractor. Importing it loads spaCy, which a run that finds nothing new does not need."""
    from kb.ingest.extract import Extractor

    return Extractor.open(settings)


class Engine(Protocol):
    """Turns documents into extractions."""

    def extract_all(self, documents: Iterable[RawDocument]) -> Iterator[Outcome]:
        """One outcome for each document, in the order in which they are finished; documents are taken only as they are needed."""
        ...


def extract_document(extractor: Extracts, document: RawDocument) -> Outcome:
    """What `document` yields, or why it cannot be read (reason "internal" where the fault is ours)."""
    # NumPy is somewhere below this import, and a worker sets its threads before.
    from kb.sources.clean import to_article

    try:
        return extractor.extract(to_article(document, extractor.known_names))
    except DocumentError as error:
        return error
    except Exception as error:  # noqa: BLE001  whatever one document does to us, the others go on
        return _internal(document, f"reading it failed with {type(error).__name__}: {error}")


def _internal(document: RawDocument, what: str) -> DocumentError:
    return DocumentError(document.origin, "internal", f"{what}; the file is untouched, please report it with the file")


@dataclass(frozen=True, slots=True)
class InProcess:
    """One document after the other in this process, without a limit to its time; the extractor is opened when one needs it."""

    opener: Opener
    settings: Settings

    def extract_all(self, documents: Iterable[RawDocument]) -> Iterator[Outcome]:
        """The outcomes in the order of the documents."""
        extractor: Extracts | None = None
        for document in documents:
            extractor = extractor or self.opener(self.settings)
            yield extract_document(extractor, document)


@dataclass(frozen=True, slots=True)
class _Job:
    document: RawDocument
    attempts: int = 0


class _Jobs:
    """Documents still to be done; those whose worker died come first."""

    def __init__(self, documents: Iterable[RawDocument]) -> None:
        self._returned: deque[_Job] = deque()
        self._documents = iter(documents)

    def lookup_next(self) -> _Job | None:
        if self._returned:
            return self._returned.popleft()
        document = next(self._documents, None)
        return None if document is None else _Job(document)

    def give_back(self, job: _Job) -> None:
        self._returned.append(job)


class Worker:
    """A process with at most one job, which is what keeps memory flat and tells whose fault a death is."""

    def __init__(self, opener: Opener, settings: Settings) -> None:
        self.pipe, theirs = _SPAWN.Pipe()
        self.job: _Job | None = None
        self.ready = False
        self._since = 0.0
        self._process = _SPAWN.Process(target=_work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self.pipe.send((opener, settings))

    def give(self, job: _Job) -> None:
        """Have it do a job; a worker that has one must not be given another."""
        self.job = job
        self._since = time.monotonic()
        try:
            self.pipe.send(job.document)
        except OSError:
            _LOG.debug("the worker is gone; the next read of its pipe says so")

    def greet(self) -> None:
        """It is up: the time of its first document counts from here."""
        self.ready = True
        self._since = time.monotonic()

    def time_left(self, limit: float) -> float:
        """Seconds until its document has taken `limit` of them, below 0 when it has; endless while no document is being read."""
        return self._since + limit - time.monotonic() if self.ready and self.job else inf

    def dismiss(self) -> None:
        """End it, whatever it is doing: a worker keeps nothing that could be lost."""
        self.pipe.close()
        self._process.kill()
        self._process.join()

    def bury(self) -> str:
        """Make sure that a worker whose pipe broke is gone; returns how it ended, in words."""
        self._process.join(timeout=5)
        self.dismiss()
        code = self._process.exitcode or 0
        return f"ended by signal {-code}" if code < 0 else f"exit code {code}"


@dataclass(frozen=True, slots=True)
class Pool:
    """`workers` processes, each with an extractor of its own; one that dies, or takes too long over a document, is replaced."""

    opener: Opener
    settings: Settings
    workers: int

    def extract_all(self, documents: Iterable[RawDocument]) -> Iterator[Outcome]:
        """The outcomes as they come; raises KbError when a worker cannot be started at all."""
        crew: list[Worker] = []
        try:
            yield from self.extract_with(crew, documents)
        finally:
            for worker in crew:
                worker.dismiss()

    def extract_with(self, crew: list[Worker], documents: Iterable[RawDocument]) -> Iterator[Outcome]:
        """The outcomes as `extract_all` gives them, by a crew that stays the caller's: those who are hired are added to it."""
        jobs = _Jobs(documents)
        while self._hand_out(jobs, crew):
            for worker in self._wait(crew):
                late = not worker.pipe.poll()
                outcome = _stop(worker, crew, self.settings) if late else _receive(worker, jobs, crew)
                if outcome is None:
                    continue
                # The next document goes out before the caller is busy saving this one.
                self._hand_out(jobs, crew)
                yield outcome

    def _wait(self, crew: list[Worker]) -> list[Worker]:
        """Those that have something to say, or whose time is over."""
        limit = self.settings.document_timeout_s
        left = min(worker.time_left(limit) for worker in crew)
        ready = wait([worker.pipe for worker in crew if worker.job], None if left == inf else max(left, 0))
        return [worker for worker in crew if worker.pipe in ready or worker.time_left(limit) <= 0]

    def _hand_out(self, jobs: _Jobs, crew: list[Worker]) -> bool:
        """Give every idle worker a job, and hire up to the limit; returns whether anybody has one."""
        while True:
            idle = next((worker for worker in crew if worker.job is None), None)
            if idle is None and len(crew) >= self.workers:
                return True
            job = jobs.lookup_next()
            if job is None:
                return any(worker.job for worker in crew)
            if idle is None:
                idle = Worker(self.opener, self.settings)
                crew.append(idle)
            idle.give(job)


def _receive(worker: Worker, jobs: _Jobs, crew: list[Worker]) -> Outcome | None:
    """The outcome that `worker` has ready; None where it only said that it is up, or died on its first attempt."""
    try:
        message = cast("Outcome | KbError | None", worker.pipe.recv())
    except (EOFError, OSError):
        crew.remove(worker)
        return _mourn(worker, jobs)
    if message is None:
        worker.greet()
        return None
    if not isinstance(message, (Extraction, DocumentError)):
        raise message
    worker.job = None
    return message


def _stop(worker: Worker, crew: list[Worker], settings: Settings) -> DocumentError:
    """What is said of a document that took too long; another process takes the place of the one that read it."""
    crew.remove(worker)
    worker.dismiss()
    document, limit = cast("_Job", worker.job).document, settings.document_timeout_s
    message = f"{document.origin} took longer than {limit} s to read; split it into articles, or raise KB_DOCUMENT_TIMEOUT_S"
    return DocumentError(document.origin, "timeout", message)


def _mourn(worker: Worker, jobs: _Jobs) -> Outcome | None:
    how = worker.bury()
    if worker.job is None or not worker.ready:
        raise KbError(f"a worker process could not start ({how}); give it more memory or use fewer --workers")
    job = replace(worker.job, attempts=worker.job.attempts + 1)
    _LOG.warning("a worker process was lost (%s) while it read %s; another takes its place", how, job.document.origin)
    if job.attempts < _ATTEMPTS:
        jobs.give_back(job)
        return None
    return _internal(job.document, f"the process that read it was lost {job.attempts} times ({how})")


def _work(pipe: Connection) -> None:
    """The life of a worker: open the extractor, then read one document after the other until the pipe closes."""
    # Ctrl-C reaches the whole group; it is the parent that decides when a worker stops.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(dict.fromkeys(_THREAD_SETTINGS, "1"))
    try:
        opener, settings = cast("tuple[Opener, Settings]", pipe.recv())
        try:
            extractor = opener(settings)
        except KbError as error:
            pipe.send(error)
            return
        except Exception as error:  # noqa: BLE001  it is the parent that tells the user
            pipe.send(KbError(f"a worker process could not start: {type(error).__name__}: {error}"))
            return
        # What reading a document imports is no part of the first one's time.
        from kb.sources import clean  # noqa: F401

        # Models and names stay as long as the worker: no collection of garbage needs to look through them.
        gc.freeze()
        pipe.send(None)
        while True:
            pipe.send(extract_document(extractor, cast("RawDocument", pipe.recv())))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        # The parent is done, or gone.
        return
