"""Static facts, with the entities they name resolved to canonical ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import Session

from kb.domain.claim import Fact
from kb.domain.query import Page, Slice
from kb.domain.span import Span
from kb.errors import NotFoundError
from kb.storage.batches import rows_in
from kb.storage.canonical import list_canonical_ids
from kb.storage.cursors import Ordering, SortKey
from kb.storage.paging import FIRST_PAGE, count_children, count_rows, iterate_in_order, list_child_pages, list_page
from kb.storage.tables import ENTITY, FACT

_BY_ID: Final = Ordering("fact", (SortKey(FACT.c.id, str),))
_IN_TEXT: Final = Ordering("fact_in_text", (SortKey(FACT.c.sentence_start, int), SortKey(FACT.c.id, str)))


def list_facts(session: Session, page: Page = FIRST_PAGE) -> Slice[Fact]:
    """All facts, by id."""
    return list_page(session, select(FACT.c.id), _BY_ID, page, list_facts_by_ids)


def count_facts(session: Session) -> int:
    """How many facts there are."""
    return count_rows(session, select(FACT.c.id), FACT.c.id)


def get_fact(session: Session, fact_id: str) -> Fact:
    """The fact with this id; raises NotFoundError."""
    found = list_facts_by_ids(session, [fact_id])
    if fact_id not in found:
        raise NotFoundError("fact", fact_id)
    return found[fact_id]


def list_facts_by_ids(session: Session, ids: Iterable[str]) -> dict[str, Fact]:
    """The fact of each id that names one."""
    subject, object_ = ENTITY.alias(), ENTITY.alias()
    statement = (
        select(FACT, subject.c.canonical_id.label("subject"), object_.c.canonical_id.label("object"))
        .join(subject, subject.c.id == FACT.c.subject_id)
        .outerjoin(object_, object_.c.id == FACT.c.object_id)
    )
    return {row.id: _to_fact(row) for row in rows_in(session, statement, FACT.c.id, ids)}


def _to_fact(row: Row[Any]) -> Fact:
    return Fact(
        id=row.id,
        subject_id=row.subject,
        predicate=row.predicate,
        object_id=row.object,
        object_text=row.object_text,
        article_id=row.article_id,
        sentence=None if row.sentence is None else Span(row.sentence_start, row.sentence_end, row.sentence),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        recorded_at=row.recorded_at,
        superseded_at=row.superseded_at,
        held_on=row.held_on,
        origin=row.origin,
    )


def list_facts_of_entities(session: Session, entity_ids: Iterable[str], as_of: date | None = None) -> dict[str, tuple[Fact, ...]]:
    """The facts not superseded whose subject each entity is, by predicate; with `as_of` those that may have held on that day."""
    canonical = list_canonical_ids(session, entity_ids)
    statement = (
        select(FACT.c.id, ENTITY.c.canonical_id)
        .join(ENTITY, ENTITY.c.id == FACT.c.subject_id)
        .where(FACT.c.superseded_at.is_(None), *_holds(as_of))
        .order_by(FACT.c.predicate, FACT.c.id)
    )
    rows = list(rows_in(session, statement, ENTITY.c.canonical_id, canonical.values()))
    found = list_facts_by_ids(session, (row.id for row in rows))
    grouped: dict[str, list[Fact]] = {target: [] for target in canonical.values()}
    for row in rows:
        grouped[row.canonical_id].append(found[row.id])
    return {each: tuple(grouped[target]) for each, target in canonical.items()}


def _holds(day: date | None) -> list[ColumnElement[bool]]:
    if day is None:
        return []
    return [or_(FACT.c.valid_from.is_(None), FACT.c.valid_from <= day), or_(FACT.c.valid_to.is_(None), FACT.c.valid_to >= day)]


def list_facts_of_articles(session: Session, article_ids: Iterable[str], page: Page = FIRST_PAGE) -> dict[str, Slice[Fact]]:
    """A page of the facts that each article states, superseded or not, in the order of its text."""
    return list_child_pages(session, select(FACT.c.id), FACT.c.article_id, article_ids, _IN_TEXT, page, list_facts_by_ids)


def count_facts_of_articles(session: Session, article_ids: Iterable[str]) -> dict[str, int]:
    """How many facts each article states, superseded or not."""
    return count_children(session, select(FACT.c.id), FACT.c.article_id, article_ids, FACT.c.id)


def iterate_all(session: Session) -> Iterator[Fact]:
    """Every fact, by id, a batch at a time in memory."""
    return iterate_in_order(session, select(FACT.c.id), FACT.c.id, list_facts_by_ids)
