"""What a database would hold had its articles come in another order, and everything been decided at the end: the truth to compare
with."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import insert, select

from kb.domain.entity import Alias, AliasKind, Entity, EntityKind
from kb.domain.extraction import Extraction
from kb.registry.cluster import compare_names, list_region, recluster
from kb.registry.follow import follow
from kb.registry.groupers import Groupers
from kb.registry.intake import take_in
from kb.storage.entity_writer import CURATOR, save_entities
from kb.storage.session import Database
from kb.storage.tables import ALIAS, ENTITY, ENTITY_BLOCK, JUDGEMENT, SPLIT, SPLIT_ARTICLE
from tests.storage.stored_rows import list_rows

Rows = dict[str, list[tuple[str, ...]]]


def rebuild(database: Database, present: Sequence[Extraction], groupers: Groupers, empty: Path) -> Rows:
    """The rows of a new database with these articles, the last one first, and with what was decided in `database`.

    `empty` is a migrated database without a row.
    """
    path = empty.with_name("fresh.sqlite")
    shutil.copy(empty, path)
    fresh = Database.open(f"sqlite:///{path}")
    try:
        _keep_judged(database, fresh)
        for each in reversed(present):
            with fresh.transaction() as session:
                take_in(session, groupers, [each], None)
        _copy_judgements(database, fresh, groupers)
        return list_rows(fresh)
    finally:
        fresh.dispose()
        path.unlink()


def _keep_judged(database: Database, fresh: Database) -> None:
    """Entities that somebody decided about stay although no article names them, and so do splits."""
    with database.reader() as session:
        splits = [dict(row._mapping) for row in session.execute(select(SPLIT))]
        of_articles = [dict(row._mapping) for row in session.execute(select(SPLIT_ARTICLE))]
        judged = {row.left_id for row in session.execute(select(JUDGEMENT).where(JUDGEMENT.c.undone_at.is_(None)))}
        judged |= {row.right_id for row in session.execute(select(JUDGEMENT).where(JUDGEMENT.c.undone_at.is_(None)))}
        judged |= {i for s in splits if s["undone_at"] is None for i in (s["entity_id"], s["new_entity_id"])}
        rows = [row for row in session.execute(select(ENTITY)) if row.id in judged]
        aliases = list(session.execute(select(ALIAS)))
        compared = {row.entity_id for row in session.execute(select(ENTITY_BLOCK.c.entity_id))}
    entities = []
    for row in rows:
        mine = [
            Alias(a.name, AliasKind(a.kind), a.origin, a.is_name)
            for a in aliases
            if a.entity_id == row.id and (a.origin == CURATOR or not a.origin.startswith("art_"))
        ]
        entities.append(Entity(row.id, EntityKind(row.kind), row.name, row.wikidata_id, tuple(mine), row.article_id))
    with fresh.transaction() as session:
        # An article that an entity exists in only comes afterwards.
        save_entities(session, [Entity(e.id, e.kind, e.name, e.wikidata_id, e.aliases) for e in entities])
        # Names are compared once; those of entities that a split alone keeps would never be clustered by an article that comes.
        recluster(session, list_region(session, compare_names(session, [e.id for e in entities if e.id in compared])))
        if splits:
            session.execute(insert(SPLIT), splits)
            session.execute(insert(SPLIT_ARTICLE), of_articles)


def _copy_judgements(database: Database, fresh: Database, groupers: Groupers) -> None:
    with database.reader() as session:
        judgements = [dict(row._mapping) for row in session.execute(select(JUDGEMENT))]
    if judgements:
        with fresh.transaction() as session:
            session.execute(insert(JUDGEMENT), judgements)
            ids = {i for each in judgements for i in (each["left_id"], each["right_id"])}
            follow(session, groupers, recluster(session, list_region(session, ids)))
