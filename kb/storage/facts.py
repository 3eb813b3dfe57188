"""Static facts, with the entities they name resolved to canonical ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import Session

from kb.domain.agreement import Statement, list_agreements
from kb.domain.claim import Fact
from kb.domain.query import Page, Slice
from kb.domain.span import Span
from kb.errors import NotFoundError
from kb.ontology.loader import load_ontology
from kb.storage.batches import rows_in, storable
from kb.storage.canonical import list_canonical_ids
from kb.storage.cursors import Ordering, SortKey
from kb.storage.filters import is_spoken_of
from kb.storage.paging import FIRST_PAGE, MAX_PAGE, count_children, iterate_in_order, list_child_pages
from kb.storage.tables import ENTITY, FACT

IN_TEXT: Final = Ordering("fact_in_text", (SortKey(FACT.c.sentence_start, int), SortKey(FACT.c.id, str)))

_SUBJECT: Final = ENTITY.alias("fact_subject")
_OBJECT: Final = ENTITY.alias("fact_object")
_CONTENT: Final = (
    _SUBJECT.c.canonical_id.label("subject"),
    FACT.c.predicate,
    _OBJECT.c.canonical_id.label("object"),
    FACT.c.object_text,
    FACT.c.valid_from,
    FACT.c.valid_to,
    FACT.c.held_on,
    FACT.c.article_id.is_(None).label("is_reference"),
)


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


def list_facts_of_entities(
    session: Session,
    entity_ids: Iterable[str],
    as_of: date | None = None,
    known_at: datetime | None = None,
    predicates: Collection[str] | None = None,
    *,
    as_object: bool = False,
) -> dict[str, tuple[Fact, ...]]:
    """What is stated of each entity or, `as_object`, of others with regard to it: by predicate and object, then by time.

    Where several sources say the same, the one that says most stands for all of them (`list_evidence`); those that contradict
    each other stand side by side. With `as_of` what may have held on that day; with `known_at` what the store knew at that
    moment, otherwise what it knows now.
    """
    canonical = list_canonical_ids(session, entity_ids)
    end = _OBJECT if as_object else _SUBJECT
    conditions = [*_known(known_at), *([] if predicates is None else [FACT.c.predicate.in_(sorted(storable(predicates)))])]
    chosen: dict[str, list[str]] = {target: [] for target in canonical.values()}
    statements = _list_statements(session, end.c.canonical_id, chosen, conditions)
    for each in list_agreements(statements, _lasting()):
        if as_of is None or each.may_hold(as_of):
            best = each.statements[0]
            chosen[best.object_id or "" if as_object else best.subject_id].append(best.fact_id)
    found = list_facts_by_ids(session, (fact_id for ids in chosen.values() for fact_id in ids))
    return {each: tuple(found[fact_id] for fact_id in chosen[target]) for each, target in canonical.items()}


def list_evidence(session: Session, fact_ids: Iterable[str]) -> dict[str, tuple[Fact, ...]]:
    """For each fact all that say the same of the same time, itself included: the one that says most first, at most MAX_PAGE.

    What was superseded is evidence of nothing but itself.
    """
    facts = list_facts_by_ids(session, fact_ids)
    standing = [each for each in facts.values() if each.superseded_at is None]
    conditions = [*_known(None), FACT.c.predicate.in_(sorted({each.predicate for each in standing}))]
    statements = _list_statements(session, _SUBJECT.c.canonical_id, {each.subject_id for each in standing}, conditions)
    agreements = list_agreements(statements, _lasting())
    rank = {
        _content(statement): (number, place)
        for number, each in enumerate(agreements)
        for place, statement in enumerate(each.statements)
    }
    wanted = {each.id: rank[_content(each)][0] for each in facts.values() if each.superseded_at is None}
    ids = _list_saying(session, {agreements[number].statements[0].subject_id for number in wanted.values()}, conditions, rank)
    found = list_facts_by_ids(session, (fact_id for number in set(wanted.values()) for fact_id in ids[number]))
    return {each: tuple(found[i] for i in ids[wanted[each]]) if each in wanted else (facts[each],) for each in facts}


def _list_statements(
    session: Session, end: ColumnElement[str], entity_ids: Iterable[str], conditions: Sequence[ColumnElement[bool]]
) -> Iterator[Statement]:
    """What is stated of canonical entities, once however many articles say it."""
    statement = (
        select(func.min(FACT.c.id).label("id"), *_CONTENT)
        .join(_SUBJECT, _SUBJECT.c.id == FACT.c.subject_id)
        .outerjoin(_OBJECT, _OBJECT.c.id == FACT.c.object_id)
        .where(*conditions)
        .group_by(*_CONTENT)
    )
    for row in rows_in(session, statement, end, entity_ids):
        yield Statement(
            row.id,
            row.subject,
            row.predicate,
            row.object,
            row.object_text,
            row.valid_from,
            row.valid_to,
            row.held_on,
            bool(row.is_reference),
        )


def _content(of: Statement | Fact) -> tuple[object, ...]:
    is_reference = of.is_reference if isinstance(of, Statement) else of.article_id is None
    return (of.subject_id, of.predicate, of.object_id, of.object_text, of.valid_from, of.valid_to, of.held_on, is_reference)


def _list_saying(
    session: Session,
    subject_ids: Iterable[str],
    conditions: Sequence[ColumnElement[bool]],
    rank: Mapping[tuple[object, ...], tuple[int, int]],
) -> dict[int, list[str]]:
    """The ids of the facts of each agreement, by what `rank` gives for their content: (number of the agreement, place in it)."""
    statement = (
        select(FACT.c.id, *_CONTENT)
        .join(_SUBJECT, _SUBJECT.c.id == FACT.c.subject_id)
        .outerjoin(_OBJECT, _OBJECT.c.id == FACT.c.object_id)
        .where(*conditions)
    )
    ranked: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for row in rows_in(session, statement, _SUBJECT.c.canonical_id, subject_ids):
        content = (*row[1:-1], bool(row.is_reference))
        if content in rank:
            number, place = rank[content]
            ranked[number].append((place, row.id))
    return {number: [fact_id for _, fact_id in sorted(group)[:MAX_PAGE]] for number, group in ranked.items()}


def _known(moment: datetime | None) -> list[ColumnElement[bool]]:
    if moment is None:
        return [FACT.c.superseded_at.is_(None)]
    return [FACT.c.recorded_at <= moment, or_(FACT.c.superseded_at.is_(None), FACT.c.superseded_at > moment)]


def _lasting() -> dict[str, int | None]:
    return {each.id: each.lasting for each in load_ontology().predicates.values()}


def list_facts_of_articles(session: Session, article_ids: Iterable[str], page: Page = FIRST_PAGE) -> dict[str, Slice[Fact]]:
    """A page of the facts that each article states, superseded or not, in the order of its text."""
    return list_child_pages(session, select(FACT.c.id), FACT.c.article_id, article_ids, IN_TEXT, page, list_facts_by_ids)


def count_facts_of_articles(session: Session, article_ids: Iterable[str]) -> dict[str, int]:
    """How many facts each article states, superseded or not."""
    return count_children(session, select(FACT.c.id), FACT.c.article_id, article_ids, FACT.c.id)


def iterate_all(session: Session) -> Iterator[Fact]:
    """Every fact of an article, and those of the reference set on entities that articles speak of, by id, a batch at a time.

    What was superseded is left out, and so is what leads to an entity of which nobody speaks, unless it says in words where to.
    """
    subject, object_ = (ENTITY.alias(), ENTITY.alias()), (ENTITY.alias(), ENTITY.alias())
    statement = select(FACT.c.id)
    for column, (member, canonical) in ((FACT.c.subject_id, subject), (FACT.c.object_id, object_)):
        statement = statement.outerjoin(member, member.c.id == column).outerjoin(
            canonical, canonical.c.id == member.c.canonical_id
        )
    leads_on = or_(FACT.c.object_text.is_not(None), is_spoken_of(object_[1]))
    of_the_set = and_(FACT.c.superseded_at.is_(None), is_spoken_of(subject[1]), leads_on)
    return iterate_in_order(
        session, statement.where(or_(FACT.c.article_id.is_not(None), of_the_set)), FACT.c.id, list_facts_by_ids
    )
