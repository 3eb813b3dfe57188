"""Takes single articles in as a run of ingestion does, with an engine that stays warm."""

from __future__ import annotations

from collections.abc import Callable

from kb.domain.article import RawDocument
from kb.domain.ids import article_id
from kb.domain.posted import Intake, IntakeState, PostedArticle
from kb.domain.result import ArticleState
from kb.errors import DocumentError
from kb.ingest.engines import Opener, open_extractor
from kb.ingest.pipeline import read_in
from kb.ingest.warm import WarmPool
from kb.registry.groupers import Groupers
from kb.settings import Settings
from kb.sources.posted import read_posted
from kb.storage import writer
from kb.storage.session import Database


class Inlet:
    """Where articles are handed in. Processes that read them start with the first one and end with `dispose`."""

    def __init__(self, settings: Settings, opener: Opener = open_extractor) -> None:
        self._engine = WarmPool(opener, settings)

    def take(self, database: Database, open_groupers: Callable[[], Groupers], posted: PostedArticle) -> Intake:
        """Reads the article and saves it, as a run of its own; blocks until that is done.

        Raises StorageError when the database fails, and KbError where no process can be started.
        """
        document = _read(posted)
        done = read_in(database, [document], self._engine, open_groupers, lambda _name: None)
        if done.quarantined:
            (error,) = done.quarantined
            return Intake(IntakeState.REJECTED, done.run_id, reason=error.reason, message=error.message)
        assert isinstance(document, RawDocument)  # noqa: S101 - anything else is in quarantine
        identifier = article_id(document.original)
        if done.counts.articles_saved:
            return Intake(IntakeState.ADDED, done.run_id, identifier)
        with database.reader() as session:
            state = writer.lookup_article_state(session, identifier)
        if state is ArticleState.RETRACTED:
            return Intake(IntakeState.RETRACTED, done.run_id)
        return Intake(IntakeState.KNOWN, done.run_id, identifier)

    def dispose(self) -> None:
        """Ends the processes."""
        self._engine.dispose()


def _read(posted: PostedArticle) -> RawDocument | DocumentError:
    try:
        return read_posted(posted)
    except DocumentError as error:
        return error
