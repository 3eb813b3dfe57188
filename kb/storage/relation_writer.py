"""Keeps relations what the claims of the moment state: no edge without a sentence that names both of its ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations, product
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from kb.domain.claim import Role
from kb.domain.ids import content_id
from kb.ontology.loader import load_ontology
from kb.storage.batches import batches, rows_in
from kb.storage.dates import UNDATED, sort_date
from kb.storage.insertion import insert_new, insert_rows
from kb.storage.source_counts import count_sources_of_relations
from kb.storage.tables import CLAIM, CLAIM_ARGUMENT, ENTITY, EVENT, RELATION, RELATION_CLAIM


def save_relations(session: Session, claim_ids: Iterable[str]) -> None:
    """Says anew which relations each claim states, and counts these and those that it stated before again.

    To be called when claims come or change events, when their events change dates, or entities they name canonical ids.
    """
    ids = sorted(set(claim_ids))
    columns = (RELATION_CLAIM.c.claim_id, RELATION_CLAIM.c.relation_id)
    before = {(row.claim_id, row.relation_id) for row in rows_in(session, select(*columns), RELATION_CLAIM.c.claim_id, ids)}
    stated = {(claim_id, str(relation["id"])): relation for claim_id, relation in _list_stated(session, ids)}
    gone = sorted(before - stated.keys())
    if gone:
        of_pair = (RELATION_CLAIM.c.claim_id == bindparam("claim"), RELATION_CLAIM.c.relation_id == bindparam("relation"))
        statement = delete(RELATION_CLAIM).where(*of_pair)
        session.connection().execute(statement, [{"claim": claim, "relation": relation} for claim, relation in gone])
    new = sorted(stated.keys() - before)
    if new:
        insert_new(session, RELATION, list({pair[1]: stated[pair] for pair in new}.values()))
        insert_rows(session, RELATION_CLAIM, [{"claim_id": claim, "relation_id": relation} for claim, relation in new])
    refresh_relations(session, {relation for _, relation in before | stated.keys()})


def _list_stated(session: Session, claim_ids: Collection[str]) -> Iterator[tuple[str, dict[str, object]]]:
    """(claim id, row of a relation that it states): its own type and modality between its own arguments' canonical entities."""
    arguments: defaultdict[str, dict[Role, list[str]]] = defaultdict(lambda: {Role.SUBJECT: [], Role.OBJECT: []})
    of_claims = (
        select(CLAIM_ARGUMENT.c.claim_id, CLAIM_ARGUMENT.c.role, ENTITY.c.canonical_id)
        .join(ENTITY, ENTITY.c.id == CLAIM_ARGUMENT.c.entity_id)
        .where(CLAIM_ARGUMENT.c.role.in_([str(Role.SUBJECT), str(Role.OBJECT)]))
        .order_by(CLAIM_ARGUMENT.c.claim_id, CLAIM_ARGUMENT.c.position)
    )
    for row in rows_in(session, of_claims, CLAIM_ARGUMENT.c.claim_id, claim_ids):
        arguments[row.claim_id][Role(row.role)].append(row.canonical_id)
    undirected = load_ontology().symmetric_types
    claims = select(CLAIM.c.id, CLAIM.c.type, CLAIM.c.modality)
    for row in rows_in(session, claims, CLAIM.c.id, claim_ids):
        named = arguments[row.id]
        for subject, object_ in _list_ends(named[Role.SUBJECT], named[Role.OBJECT], symmetric=row.type in undirected):
            yield (
                row.id,
                {
                    "id": content_id("rel", subject, row.type, object_, row.modality),
                    "subject_id": subject,
                    "type": row.type,
                    "object_id": object_,
                    "modality": row.modality,
                    "event_count": 0,
                    "claim_count": 0,
                    "source_count": 0,
                    "last_sort_date": UNDATED,
                },
            )


def _list_ends(subjects: Sequence[str], objects: Sequence[str], *, symmetric: bool) -> Iterator[tuple[str, str]]:
    """Each subject with each object; an entity's edge to itself tells nothing and is left out.

    Without a direction a pair comes in the order of its ids, and subjects without an object did it with each other.
    """
    for left, right in combinations(subjects, 2) if symmetric and not objects else product(subjects, objects):
        if left != right:
            yield (right, left) if symmetric and right < left else (left, right)


def refresh_relations(session: Session, relation_ids: Collection[str]) -> None:
    """Counts the relations again from the claims that state them, and deletes those that none states."""
    ids = sorted(relation_ids)
    totals: dict[str, dict[str, Any]] = {}
    sources = count_sources_of_relations(session, ids)
    of_claims = (
        select(
            RELATION_CLAIM.c.relation_id,
            func.count(CLAIM.c.event_id.distinct()).label("events"),
            func.count(CLAIM.c.id).label("claims"),
            func.min(EVENT.c.date).label("first"),
            func.max(EVENT.c.date).label("last"),
        )
        .join(CLAIM, CLAIM.c.id == RELATION_CLAIM.c.claim_id)
        .outerjoin(EVENT, EVENT.c.id == CLAIM.c.event_id)
        .group_by(RELATION_CLAIM.c.relation_id)
    )
    for row in rows_in(session, of_claims, RELATION_CLAIM.c.relation_id, ids):
        last: date | None = row.last
        totals[row.relation_id] = {
            "key": row.relation_id,
            "events": row.events,
            "claims": row.claims,
            "sources": sources[row.relation_id],
            "first": row.first,
            "last": last,
            "last_sort": sort_date(last),
        }
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
