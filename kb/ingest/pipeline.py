"""One run: documents in, rows out. An article is one transaction, so a run can be killed anywhere and simply be repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from kb.domain.article import RawDocument
from kb.domain.event import DatedClaim
from kb.domain.extraction import Extraction
from kb.domain.ids import article_id
from kb.domain.query import ArticleFilter, EntityFilter, EventFilter
from kb.errors import DocumentError
from kb.ingest.engines import Engine
from kb.ingest.report import IngestReport, Totals
from kb.resolve.events import block_keys, group_claims
from kb.storage import articles, claims, entities, events, runs, writer
from kb.storage.session import Database


@dataclass(slots=True)
class _Tally:
    """What has happened so far in this run."""

    read: int = 0
    new: int = 0
    known: int = 0
    duplicates: int = 0
    quarantined: list[DocumentError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Run:
    database: Database
    id: str
    tally: _Tally
    advance: Callable[[str], None]

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
                self.advance(document.file)
                continue
            seen.add(identifier)
            if self._is_known(identifier):
                self.tally.known += 1
                self.advance(document.file)
                continue
            yield document

    def _is_known(self, identifier: str) -> bool:
        with self.database.reader() as session:
            return writer.lookup_article_state(session, identifier) == "known"

    def quarantine(self, error: DocumentError) -> None:
        """Keep on record that a document could not be read."""
        with self.database.transaction() as session:
            runs.save_failure(session, self.id, error)
        self.tally.quarantined.append(error)
        self.advance(error.origin)

    def save(self, extraction: Extraction) -> None:
        """Save an article and regroup every event that its claims could belong to."""
        article = extraction.article
        source_key = extraction.source.id if extraction.source else article.id
        day = article.published_at.date() if article.published_at else None
        blocks = {claim.id: block_keys(DatedClaim(claim, day, source_key)) for claim in extraction.claims}
        with self.database.transaction() as session:
            saved = writer.save_extraction(session, extraction, self.id, blocks)
            if saved and extraction.claims:
                related = claims.list_block_closure(session, [claim.id for claim in extraction.claims])
                writer.save_events(session, group_claims(related))
        # Another process may have saved the same article since it was asked for.
        if saved:
            self.tally.new += 1
        else:
            self.tally.known += 1
        self.advance(article.file)


def ingest(
    database: Database,
    documents: Iterable[RawDocument | DocumentError],
    engine: Engine,
    advance: Callable[[str], None],
) -> IngestReport:
    """Save what `documents` yield; returns what happened. Raises StorageError when the database fails; what was saved stays."""
    before = _totals(database)
    with database.transaction() as session:
        run = _Run(database, runs.start_run(session), _Tally(), advance)
    for outcome in engine.extract_all(run.fresh(documents)):
        if isinstance(outcome, DocumentError):
            run.quarantine(outcome)
        else:
            run.save(outcome)
    with database.transaction() as session:
        runs.finish_run(session, run.id)
    tally = run.tally
    return IngestReport(
        run_id=run.id,
        read=tally.read,
        new=tally.new,
        known=tally.known,
        duplicates=tally.duplicates,
        quarantined=tuple(tally.quarantined),
        before=before,
        now=_totals(database),
    )


def _totals(database: Database) -> Totals:
    with database.reader() as session:
        return Totals(
            articles=articles.count_articles(session, ArticleFilter()),
            entities=entities.count_entities(session, EntityFilter()),
            claims=claims.count_claims(session, EventFilter()),
            events=events.count_events(session, EventFilter()),
        )
