"""The seed articles tell one happening; in which order they were read must not be seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest

from kb.domain.article import RawDocument
from kb.domain.extraction import Extraction
from kb.ingest.engines import InProcess, Outcome, open_extractor
from kb.ingest.pipeline import ingest
from kb.registry.groupers import open_groupers
from kb.settings import read_settings
from kb.sources.files import read_documents
from kb.storage import events, stories
from kb.storage.session import Database
from tests.command import SEEDS

SETTINGS = read_settings({})


@dataclass(frozen=True)
class Again:
    """An engine that says again what was once extracted, in a given order."""

    extractions: tuple[Extraction, ...]

    def extract_all(self, documents: Iterable[RawDocument]) -> Iterator[Outcome]:
        assert len(list(documents)) == len(self.extractions)
        yield from self.extractions


@pytest.fixture(scope="module")
def seeds() -> tuple[Extraction, ...]:
    outcomes = InProcess(open_extractor, SETTINGS).extract_all(
        document for document in read_documents([SEEDS]) if isinstance(document, RawDocument)
    )
    return tuple(outcome for outcome in outcomes if isinstance(outcome, Extraction))


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 4, 3, 0, 1)])
def test_the_seeds_are_one_story_in_whichever_order_they_come(
    database: Database, seeds: tuple[Extraction, ...], order: tuple[int, ...]
) -> None:
    groupers = open_groupers(SETTINGS)
    extractions = tuple(seeds[number] for number in order)
    ingest(database, read_documents([SEEDS]), Again(extractions), lambda: groupers, lambda _name: None)
    with database.reader() as session:
        (story,) = stories.iterate_all(session)
        assert set(story.article_ids) == {each.article.id for each in seeds}
        assert (story,) == groupers.stories.group_articles([each.told_article() for each in seeds])
        told = groupers.events.group_claims([dated for each in seeds for dated in each.dated_claims()])
        assert {e.id: set(e.claim_ids) for e in events.iterate_all(session)} == {e.id: set(e.claim_ids) for e in told}
        read_back = stories.list_told_articles(session, [each.article.id for each in seeds])
        assert read_back == tuple(sorted((each.told_article() for each in seeds), key=lambda article: article.article_id))
    assert database.check() == ()
