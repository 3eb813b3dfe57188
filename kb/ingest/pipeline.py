"""One run: documents in, rows out. Some articles are one transaction, so a run can be killed anywhere and simply be repeated."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from kb.domain.article import RawDocument
from kb.domain.extraction import Extraction
from kb.domain.ids import article_id
from kb.domain.result import ArticleState, RunCounts
from kb.errors import DocumentError, KbError
from kb.ingest.engines import Engine
from kb.ingest.report import IngestReport
from kb.registry.groupers import Groupers
from kb.registry.intake import take_in
from kb.storage import runs, writer
from kb.storage.session import Database, Session

# Most of what saving costs is a matter of statements, and grouping several articles takes as many as grouping one. A run begins
# with one at a time, so that there is something to see at once; that many are read again after a run that was killed.
_MOST_AT_ONCE: Final = 16
# How far a run has come is kept with what it saves, and this often where it finds nothing to save.
_PROGRESS_SECONDS: Final = 1.0


@dataclass(slots=True)
class _Tally:
    """What has happened so far in this run."""

    read: int = 0
    new: int = 0
    known: int = 0
    duplicates: int = 0
    quarantined: list[DocumentError] = field(default_factory=list)

    def counts(self) -> RunCounts:
        return RunCounts(self.read, self.new, self.known, self.duplicates, len(self.quarantined))


@dataclass(frozen=True, slots=True)
class Done:
    """A finished run: what it came to, and the documents that it could not read."""

    run_id: str
    counts: RunCounts
    quarantined: tuple[DocumentError, ...]


class _Run:
    """A run under way; the groupers are opened when the first article is saved."""

    def __init__(self, database: Database, open_groupers: Callable[[], Groupers], advance: Callable[[str], None]) -> None:
        self.database = database
        self.tally = _Tally()
        self.advance = advance
        self._places: dict[str, tuple[str, ...]] = {}
        self._unsaved: list[Extraction] = []
        self._enough = 1
        self._kept_at = time.monotonic()
        self._open_groupers = open_groupers
        with database.transaction() as session:
            self.id = runs.start_run(session)

    @cached_property
    def groupers(self) -> Groupers:
        return self._open_groupers()

    def fresh(self, documents: Iterable[RawDocument | DocumentError]) -> Iterator[RawDocument]:
        """The documents worth reading: neither broken nor in the database nor seen before in this run."""
        seen: set[str] = set()
        for document in documents:
            self.tally.read += 1
            if isinstance(document, DocumentError):
                self.quarantine(document)
                continue
            identifier = article_id(document.original)
            if identifier in seen:
                self.tally.duplicates += 1
            elif self._is_known(identifier, _places(document)):
                self.tally.known += 1
            else:
                seen.add(identifier)
                self._places[identifier] = _places(document)
                yield document
                continue
            self.advance(document.file)
            if time.monotonic() - self._kept_at >= _PROGRESS_SECONDS:
                with self.database.transaction() as session:
                    self._keep_progress(session)

    def _keep_progress(self, session: Session) -> None:
        self._kept_at = time.monotonic()
        runs.save_progress(session, self.id, self.tally.counts())

    def _is_known(self, identifier: str, places: tuple[str, ...]) -> bool:
        with self.database.reader() as session:
            known = writer.lookup_article_state(session, identifier) is not ArticleState.NEW
            was_broken = known and runs.has_failures(session, places, self.id)
        if was_broken:
            with self.database.transaction() as session:
                runs.clear_failures(session, places, self.id)
        return known

    def quarantine(self, error: DocumentError) -> None:
        """Keep on record that a document could not be read, and why it was last."""
        self.tally.quarantined.append(error)
        with self.database.transaction() as session:
            runs.clear_failures(session, [error.origin], self.id)
            runs.save_failure(session, self.id, error)
            self._keep_progress(session)
        self.advance(error.origin)

    def add(self, extraction: Extraction) -> None:
        """Keep an article for saving, and save all that is kept when that is enough."""
        try:
            writer.require_storable(extraction.article)
        except DocumentError as error:
            self.quarantine(DocumentError(self._places.pop(extraction.article.id)[0], error.reason, error.message))
            return
        self._unsaved.append(extraction)
        if len(self._unsaved) >= self._enough:
            self.save()
            self._enough = min(2 * self._enough, _MOST_AT_ONCE)

    def save(self) -> None:
        """Save the articles that are kept, and regroup every event, story and set of copies that they could belong to."""
        kept, self._unsaved = self._unsaved, []
        if not kept:
            return
        with self.database.transaction() as session:
            new = take_in(session, self.groupers, kept, self.id)
            places = [place for each in kept for place in self._places.pop(each.article.id)]
            runs.clear_failures(session, places, self.id)
            # Another process may have saved the same article since it was asked for.
            self.tally.new += len(new)
            self.tally.known += len(kept) - len(new)
            self._keep_progress(session)
        for each in kept:
            self.advance(each.article.file)


def _places(document: RawDocument) -> tuple[str, ...]:
    """What failures of the document are kept under: it, and the file that holds it, which could be opened."""
    return tuple(dict.fromkeys((document.origin, document.path or document.origin)))


def ingest(
    database: Database,
    documents: Iterable[RawDocument | DocumentError],
    engine: Engine,
    open_groupers: Callable[[], Groupers],
    advance: Callable[[str], None],
) -> IngestReport:
    """Save what `documents` yield; returns what happened. Raises StorageError when the database fails; what was saved stays."""
    with database.reader() as session:
        before = runs.count_totals(session)
    # What lives by now stays: saving takes a twelfth less where no collection of garbage looks through it again.
    gc.freeze()
    try:
        done = read_in(database, documents, engine, open_groupers, advance)
    finally:
        gc.unfreeze()
    with database.reader() as session:
        now = runs.count_totals(session)
    return IngestReport(done.run_id, done.counts, done.quarantined, before, now)


def read_in(
    database: Database,
    documents: Iterable[RawDocument | DocumentError],
    engine: Engine,
    open_groupers: Callable[[], Groupers],
    advance: Callable[[str], None],
) -> Done:
    """As `ingest`, without counting the whole database before and after."""
    run = _Run(database, open_groupers, advance)
    try:
        for outcome in engine.extract_all(run.fresh(documents)):
            if isinstance(outcome, DocumentError):
                run.quarantine(outcome)
            else:
                run.add(outcome)
    except KbError:
        # Where no more can be read, what was read is kept.
        run.save()
        raise
    run.save()
    counts = run.tally.counts()
    with database.transaction() as session:
        runs.finish_run(session, run.id, counts)
    return Done(run.id, counts, tuple(run.tally.quarantined))
