"""Relations: what claims state of one entity to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from kb.domain.claim import Modality
from kb.domain.event import Relation
from kb.domain.order import RelationOrder
from kb.domain.query import Page, RelationFilter, Slice
from kb.errors import NotFoundError
from kb.ontology.loader import load_ontology
from kb.storage.batches import rows_in
from kb.storage.canonical import list_canonical_ids
from kb.storage.cursors import Ordering, SortKey
from kb.storage.filters import relation_conditions
from kb.storage.paging import FIRST_PAGE, count_children, count_rows, iterate_in_order, list_child_pages, list_page
from kb.storage.tables import ENTITY, RELATION

_ID: Final = SortKey(RELATION.c.id, str)
ORDERINGS: Final = {
    RelationOrder.EVENTS_DESC: Ordering("relation.events", (SortKey(RELATION.c.event_count, int), _ID), descending=True),
    RelationOrder.SOURCES_DESC: Ordering("relation.sources", (SortKey(RELATION.c.source_count, int), _ID), descending=True),
    RelationOrder.LAST_DATE_DESC: Ordering("relation.last", (SortKey(RELATION.c.last_sort_date, date), _ID), descending=True),
}


def list_relations(
    session: Session,
    wanted: RelationFilter | None = None,
    page: Page = FIRST_PAGE,
    order: RelationOrder = RelationOrder.EVENTS_DESC,
) -> Slice[Relation]:
    """Relations of the filter (of modality actual where it names none), those of most events first unless ordered otherwise."""
    statement = select(RELATION.c.id).where(*relation_conditions(session, wanted))
    return list_page(session, statement, ORDERINGS[order], page, list_relations_by_ids)


def count_relations(session: Session, wanted: RelationFilter | None = None) -> int:
    """How many relations the filter lets through."""
    return count_rows(session, select(RELATION.c.id).where(*relation_conditions(session, wanted)), RELATION.c.id)


def get_relation(session: Session, relation_id: str) -> Relation:
    """The relation with this id; raises NotFoundError."""
    found = list_relations_by_ids(session, [relation_id])
    if relation_id not in found:
        raise NotFoundError("relation", relation_id)
    return found[relation_id]


def list_relations_by_ids(session: Session, ids: Iterable[str]) -> dict[str, Relation]:
    """The relation of each id that names one."""
    subject, object_ = ENTITY.alias(), ENTITY.alias()
    statement = (
        select(RELATION, subject.c.canonical_id.label("subject"), object_.c.canonical_id.label("object"))
        .join(subject, subject.c.id == RELATION.c.subject_id)
        .join(object_, object_.c.id == RELATION.c.object_id)
    )
    undirected = load_ontology().symmetric_types
    found = {}
    for row in rows_in(session, statement, RELATION.c.id, ids):
        # A judgement may have given an end of a pair another id, and with it another place.
        subject_id, object_id = sorted((row.subject, row.object)) if row.type in undirected else (row.subject, row.object)
        found[row.id] = Relation(
            id=row.id,
            subject_id=subject_id,
            type=row.type,
            object_id=object_id,
            modality=Modality(row.modality),
            event_count=row.event_count,
            claim_count=row.claim_count,
            source_count=row.source_count,
            first_date=row.first_date,
            last_date=row.last_date,
        )
    return found


def list_relations_of_entities(
    session: Session,
    entity_ids: Iterable[str],
    wanted: RelationFilter | None = None,
    page: Page = FIRST_PAGE,
    order: RelationOrder = RelationOrder.EVENTS_DESC,
) -> dict[str, Slice[Relation]]:
    """A page of the relations at either end of which each entity (by any of its ids) stands."""
    canonical = list_canonical_ids(session, entity_ids)
    slices = list_child_pages(
        session,
        _of_entities(session, wanted),
        ENTITY.c.canonical_id,
        canonical.values(),
        ORDERINGS[order],
        page,
        list_relations_by_ids,
    )
    return {each: slices[target] for each, target in canonical.items()}


def count_relations_of_entities(
    session: Session, entity_ids: Iterable[str], wanted: RelationFilter | None = None
) -> dict[str, int]:
    """At the ends of how many relations of the filter each entity stands."""
    canonical = list_canonical_ids(session, entity_ids)
    statement = _of_entities(session, wanted)
    counts = count_children(session, statement, ENTITY.c.canonical_id, canonical.values(), RELATION.c.id)
    return {each: counts[target] for each, target in canonical.items()}


def _of_entities(session: Session, wanted: RelationFilter | None) -> Select[Any]:
    either_end = or_(RELATION.c.subject_id == ENTITY.c.id, RELATION.c.object_id == ENTITY.c.id)
    return select(RELATION.c.id).join(ENTITY, either_end).where(*relation_conditions(session, wanted))


def iterate_all(session: Session) -> Iterator[Relation]:
    """Every relation of every modality, by id, a batch at a time in memory."""
    return iterate_in_order(session, select(RELATION.c.id), RELATION.c.id, list_relations_by_ids)
