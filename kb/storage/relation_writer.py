"""Keeps relations what the events of the moment add up to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from kb.domain.event import Event
from kb.domain.ids import content_id
from kb.storage.batches import batches, rows_in
from kb.storage.dates import UNDATED, sort_date
from kb.storage.dialect import insert_new
from kb.storage.tables import ARTICLE, CLAIM, EVENT, RELATION, RELATION_EVENT


def list_touched_relations(session: Session, event_ids: Iterable[str]) -> set[str]:
    """The relations that any of the events counts towards."""
    statement = select(RELATION_EVENT.c.relation_id).distinct()
    return {row.relation_id for row in rows_in(session, statement, RELATION_EVENT.c.event_id, event_ids)}


def save_relation_events(session: Session, events: Sequence[Event]) -> None:
    """Says anew which relations each event counts towards; their counts are stale until `refresh_relations`."""
    for batch in batches(event.id for event in events):
        session.execute(delete(RELATION_EVENT).where(RELATION_EVENT.c.event_id.in_(batch)))
    relations: dict[str, dict[str, object]] = {}
    edges: list[dict[str, object]] = []
    for event in events:
        for relation in _relation_rows(event):
            relations[str(relation["id"])] = relation
            edges.append({"event_id": event.id, "relation_id": relation["id"], "sort_date": sort_date(event.date)})
    insert_new(session, RELATION, list(relations.values()))
    insert_new(session, RELATION_EVENT, edges)


def _relation_rows(event: Event) -> list[dict[str, object]]:
    """One edge from each subject to each object; an entity's edge to itself tells nothing and is left out."""
    return [
        {
            "id": content_id("rel", subject, event.type, object_, str(event.modality)),
            "subject_id": subject,
            "type": event.type,
            "object_id": object_,
            "modality": str(event.modality),
            "event_count": 0,
            "claim_count": 0,
            "source_count": 0,
            "last_sort_date": UNDATED,
        }
        for subject in event.subject_ids
        for object_ in event.object_ids
        if subject != object_
    ]


def refresh_relations(session: Session, relation_ids: Collection[str]) -> None:
    """Counts the relations again from their events and claims, and deletes those without any."""
    ids = sorted(relation_ids)
    totals: dict[str, dict[str, Any]] = {}
    of_events = (
        select(
            RELATION_EVENT.c.relation_id,
            func.count().label("events"),
            func.sum(EVENT.c.claim_count).label("claims"),
            func.min(EVENT.c.date).label("first"),
            func.max(EVENT.c.date).label("last"),
        )
        .join(EVENT, EVENT.c.id == RELATION_EVENT.c.event_id)
        .group_by(RELATION_EVENT.c.relation_id)
    )
    for row in rows_in(session, of_events, RELATION_EVENT.c.relation_id, ids):
        last: date | None = row.last
        totals[row.relation_id] = {
            "key": row.relation_id,
            "events": row.events,
            "claims": int(row.claims),
            "first": row.first,
            "last": last,
            "last_sort": sort_date(last),
        }
    of_sources = (
        select(
            RELATION_EVENT.c.relation_id,
            func.count(func.coalesce(ARTICLE.c.source_id, ARTICLE.c.id).distinct()).label("sources"),
        )
        .join(CLAIM, CLAIM.c.event_id == RELATION_EVENT.c.event_id)
        .join(ARTICLE, ARTICLE.c.id == CLAIM.c.article_id)
        .group_by(RELATION_EVENT.c.relation_id)
    )
    for row in rows_in(session, of_sources, RELATION_EVENT.c.relation_id, ids):
        totals[row.relation_id]["sources"] = row.sources
    if totals:
        statement = update(RELATION).where(RELATION.c.id == bindparam("key"))
        values: dict[str, Any] = {
            "event_count": bindparam("events"),
            "claim_count": bindparam("claims"),
            "source_count": bindparam("sources"),
            "first_date": bindparam("first"),
            "last_date": bindparam("last"),
            "last_sort_date": bindparam("last_sort"),
        }
        session.connection().execute(statement.values(values), list(totals.values()))
    for batch in batches(each for each in ids if each not in totals):
        session.execute(delete(RELATION).where(RELATION.c.id.in_(batch)))
