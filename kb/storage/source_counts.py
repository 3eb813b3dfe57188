"""How many independent sources tell of an event or state a relation: copies of one text are one, and so is one publisher."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Select, func, select
from sqlalchemy.orm import Session

from kb.domain.independence import count_independent
from kb.storage.batches import rows_in
from kb.storage.tables import ARTICLE, CLAIM, RELATION_CLAIM


def count_sources_of_events(session: Session, event_ids: Iterable[str]) -> dict[str, int]:
    """For each event of which a claim tells."""
    return _count_sources(session, select(CLAIM.c.id), CLAIM.c.event_id, event_ids)


def count_sources_of_relations(session: Session, relation_ids: Iterable[str]) -> dict[str, int]:
    """For each relation that a claim states."""
    claims = select(CLAIM.c.id).join(RELATION_CLAIM, RELATION_CLAIM.c.claim_id == CLAIM.c.id)
    return _count_sources(session, claims, RELATION_CLAIM.c.relation_id, relation_ids)


def _count_sources(session: Session, claims: Select[Any], owner: Column[Any], ids: Iterable[str]) -> dict[str, int]:
    told: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    publisher = func.coalesce(ARTICLE.c.source_id, ARTICLE.c.id).label("publisher")
    text = func.coalesce(ARTICLE.c.copy_group, ARTICLE.c.id).label("text")
    statement = claims.join(ARTICLE, ARTICLE.c.id == CLAIM.c.article_id).with_only_columns(
        owner.label("owner"), publisher, text, maintain_column_froms=True
    )
    for row in rows_in(session, statement.distinct(), owner, ids):
        told[row.owner].append((row.publisher, row.text))
    return {each: count_independent(articles) for each, articles in told.items()}
