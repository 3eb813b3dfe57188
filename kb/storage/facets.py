"""Counts of a filter's events by what they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from kb.domain.claim import Role
from kb.domain.query import EventFilter
from kb.domain.result import EventFacets, Facet
from kb.storage.batches import storable
from kb.storage.dates import UNDATED
from kb.storage.dialect import month_of
from kb.storage.filters import event_conditions
from kb.storage.tables import ARTICLE, CLAIM, ENTITY, EVENT, EVENT_PARTICIPANT


def list_facets(session: Session, wanted: EventFilter | None = None, first: int = 20) -> EventFacets:
    """How many of the filter's events there are by type, subject, object, source and month: the `first` most frequent of each.

    Months come in their own order and all of them; an event with two subjects counts for both.
    """
    conditions = event_conditions(session, wanted)
    count = func.count(EVENT.c.id.distinct()).label("events")
    by_entity = (
        select(ENTITY.c.canonical_id, count)
        .select_from(EVENT)
        .join(EVENT_PARTICIPANT, EVENT_PARTICIPANT.c.event_id == EVENT.c.id)
        .join(ENTITY, ENTITY.c.id == EVENT_PARTICIPANT.c.entity_id)
    )
    by_source = (
        select(ARTICLE.c.source_id, count)
        .select_from(EVENT)
        .join(CLAIM, CLAIM.c.event_id == EVENT.c.id)
        .join(ARTICLE, ARTICLE.c.id == CLAIM.c.article_id)
        .where(ARTICLE.c.source_id.is_not(None))
    )
    month = month_of(session, EVENT.c.date).label("month")
    dated = select(EVENT.c.id, month).where(EVENT.c.sort_date > UNDATED, *conditions).subquery()

    def ranked(statement: Select[Any], value: ColumnElement[str]) -> tuple[Facet, ...]:
        counted = statement.where(*conditions).group_by(value).order_by(count.desc(), value).limit(first)
        return tuple(Facet(row[0], row[1]) for row in session.execute(counted))

    months = session.execute(select(dated.c.month, func.count()).group_by(dated.c.month).order_by(dated.c.month))
    return EventFacets(
        type=ranked(select(EVENT.c.type, count), EVENT.c.type),
        subject=ranked(by_entity.where(EVENT_PARTICIPANT.c.role == Role.SUBJECT), ENTITY.c.canonical_id),
        object=ranked(by_entity.where(EVENT_PARTICIPANT.c.role == Role.OBJECT), ENTITY.c.canonical_id),
        source=ranked(by_source, ARTICLE.c.source_id),
        month=tuple(Facet(row[0], row[1]) for row in months),
    )


def list_child_facets(
    session: Session, statement: Select[Any], parent: ColumnElement[str], parent_ids: Iterable[str], first: int = 20
) -> dict[str, EventFacets]:
    """The facets of the events that `statement` gives each parent, as `list_facets` has them, in five statements."""
    parents = list(dict.fromkeys(parent_ids))
    owned = statement.where(parent.in_(list(storable(parents))))
    columns = (parent.label("parent"), EVENT.c.id, EVENT.c.type, EVENT.c.date, EVENT.c.sort_date)
    child = owned.with_only_columns(*columns, maintain_column_froms=True).distinct().subquery()
    count = func.count(child.c.id.distinct()).label("events")

    def grouped(value: ColumnElement[str], source: Select[Any]) -> Select[Any]:
        chosen = source.with_only_columns(child.c.parent, value.label("value"), count, maintain_column_froms=True)
        return chosen.group_by(child.c.parent, value)

    def ranked(value: ColumnElement[str], source: Select[Any]) -> defaultdict[str, list[Facet]]:
        counted = grouped(value, source).subquery()
        order = (counted.c.events.desc(), counted.c.value)
        place = func.row_number().over(partition_by=counted.c.parent, order_by=order).label("place")
        placed = select(counted, place).subquery()
        return collected(select(placed).where(placed.c.place <= first).order_by(placed.c.parent, placed.c.place))

    def collected(chosen: Select[Any]) -> defaultdict[str, list[Facet]]:
        found: defaultdict[str, list[Facet]] = defaultdict(list)
        for row in session.execute(chosen):
            found[row[0]].append(Facet(row[1], row[2]))
        return found

    all_of_them = select(child.c.id)
    by_entity = all_of_them.join(EVENT_PARTICIPANT, EVENT_PARTICIPANT.c.event_id == child.c.id).join(
        ENTITY, ENTITY.c.id == EVENT_PARTICIPANT.c.entity_id
    )
    by_source = all_of_them.join(CLAIM, CLAIM.c.event_id == child.c.id).join(ARTICLE, ARTICLE.c.id == CLAIM.c.article_id)
    month = month_of(session, child.c.date)
    types = ranked(child.c.type, all_of_them)
    subjects, objects = (
        ranked(ENTITY.c.canonical_id, by_entity.where(EVENT_PARTICIPANT.c.role == role)) for role in (Role.SUBJECT, Role.OBJECT)
    )
    sources = ranked(ARTICLE.c.source_id, by_source.where(ARTICLE.c.source_id.is_not(None)))
    dated = grouped(month, all_of_them.where(child.c.sort_date > UNDATED)).subquery()
    months = collected(select(dated).order_by(dated.c.parent, dated.c.value))
    return {
        each: EventFacets(
            tuple(types[each]), tuple(subjects[each]), tuple(objects[each]), tuple(sources[each]), tuple(months[each])
        )
        for each in parents
    }
