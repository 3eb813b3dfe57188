"""Counts of a filter's events by what they are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from kb.domain.claim import Role
from kb.domain.query import EventFilter
from kb.domain.result import EventFacets, Facet
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
