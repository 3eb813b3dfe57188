from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from kb.domain.result import ArticleState
from kb.storage import articles, claims, entities, facts, mentions, quantities
from kb.storage.session import Database
from kb.storage.tables import METADATA
from kb.storage.writer import lookup_article_state
from tests.storage.synthetic import ingest, sample

# What depends on when things were done, not on what articles say.
OF_THE_MOMENT = {"change", "ingest_run", "ingest_failure", "api_token"}


def all_rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    rows = {}
    with database.reader() as session:
        for table in METADATA.sorted_tables:
            if table.name in OF_THE_MOMENT:
                continue
            columns = [
                c
                for c in table.c
                if c.name not in ("recorded_at", "run_id") and not (table.name == "search_document" and c.name == "id")
            ]
            rows[table.name] = sorted(tuple(map(str, row)) for row in session.execute(select(*columns)))
    return rows


def test_what_was_saved_comes_back_as_it_was(database: Database) -> None:
    given = sample(1)[0]
    ingest(database, [given])
    with database.reader() as session:
        assert articles.get_article(session, given.article.id) == given.article
        assert lookup_article_state(session, given.article.id) is ArticleState.KNOWN
        stored = claims.list_claims_by_ids(session, [claim.id for claim in given.claims])
        assert [replace(stored[c.id], event_id=None, about_event_id=None) for c in given.claims] == list(given.claims)
        assert set(mentions.iterate_all(session)) == set(given.mentions)
        assert [replace(fact, recorded_at=None) for fact in facts.iterate_all(session)] == list(given.facts)
        assert tuple(quantities.iterate_all(session)) == given.quantities
        for entity in given.entities:
            assert set(entities.get_entity(session, entity.id).aliases) == set(entity.aliases)
