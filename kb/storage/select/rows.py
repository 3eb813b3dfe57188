"""Where the neighbours of a row are found: the id of one, or a selection of the ids of several with their places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, Select, case, exists, func, select

from kb.domain.claim import Role
from kb.ontology.loader import load_ontology
from kb.storage.tables import (
    ALIAS,
    CLAIM,
    CLAIM_ARGUMENT,
    ENTITY,
    EVENT,
    EVENT_LINK,
    EVENT_PARTICIPANT,
    QUANTITY,
    QUANTITY_ATTRIBUTION,
    STORY_ARTICLE,
)

Key = Callable[[FromClause], ColumnElement[Any]]
Rows = Callable[[FromClause], Select[Any]]


def canonical(name: str) -> Key:
    """The canonical id of the entity that a column names."""

    def key(row: FromClause) -> ScalarSelect[Any]:
        named = ENTITY.alias()
        return select(named.c.canonical_id).where(named.c.id == row.c[name]).correlate(row).scalar_subquery()

    return key


def column(name: str) -> Key:
    """The id that a column of the row holds."""
    return lambda row: row.c[name]


def participants(role: Role) -> Rows:
    """Who has the role in an event."""

    def rows(event: FromClause) -> Select[Any]:
        # Grouping writes canonical ids, and everything that changes one groups its events anew.
        row = EVENT_PARTICIPANT.alias()
        return select(row.c.entity_id.label("id"), row.c.position.label("place")).where(
            row.c.event_id == event.c.id, row.c.role == str(role)
        )

    return rows


def arguments(role: Role) -> Rows:
    """Who has the role in a claim, each once, in the order of the text."""

    def rows(claim: FromClause) -> Select[Any]:
        row, named = CLAIM_ARGUMENT.alias(), ENTITY.alias()
        return (
            select(named.c.canonical_id.label("id"), func.min(row.c.position).label("place"))
            .join(named, named.c.id == row.c.entity_id)
            .where(row.c.claim_id == claim.c.id, row.c.role == str(role))
            .group_by(named.c.canonical_id)
        )

    return rows


def attributions(quantity: FromClause) -> Select[Any]:
    """Whose figure it is, each once, in the order of the text."""
    row, named = QUANTITY_ATTRIBUTION.alias(), ENTITY.alias()
    return (
        select(named.c.canonical_id.label("id"), func.min(row.c.position).label("place"))
        .join(named, named.c.id == row.c.entity_id)
        .where(row.c.quantity_id == quantity.c.id)
        .group_by(named.c.canonical_id)
    )


def aliases(entity: FromClause) -> Select[Any]:
    """Each name of each kind once, with the first of its origins."""
    row, member = ALIAS.alias(), ENTITY.alias()
    return (
        select(
            row.c.name,
            row.c.kind,
            func.min(row.c.origin).label("origin"),
            func.row_number().over(order_by=[row.c.kind, row.c.name]).label("place"),
        )
        .join(member, member.c.id == row.c.entity_id)
        .where(member.c.canonical_id == entity.c.id)
        .group_by(row.c.name, row.c.kind)
    )


def events_about(event: FromClause) -> Select[Any]:
    """What an event is a reaction to."""
    row = EVENT_LINK.alias()
    return select(row.c.about_event_id.label("id"), row.c.about_event_id.label("place")).where(row.c.event_id == event.c.id)


def articles_of_event(event: FromClause) -> Select[Any]:
    """The articles that tell of an event."""
    row = CLAIM.alias()
    return select(row.c.article_id.label("id"), row.c.article_id.label("place")).where(row.c.event_id == event.c.id).distinct()


def reactions(event: FromClause) -> Select[Any]:
    """The latest first. The events are EVENT's own rows, for a filter to be put on them."""
    row = EVENT_LINK.alias()
    place = func.row_number().over(order_by=[EVENT.c.sort_date.desc(), EVENT.c.id.desc()])
    return (
        select(EVENT.c.id, place.label("place")).join(row, row.c.event_id == EVENT.c.id).where(row.c.about_event_id == event.c.id)
    )


def quantities_of_event(event: FromClause) -> Select[Any]:
    """Those in sentences that tell of it, by article and place in it."""
    telling = (
        exists()
        .where(
            CLAIM.c.event_id == event.c.id,
            CLAIM.c.article_id == QUANTITY.c.article_id,
            CLAIM.c.sentence_end > QUANTITY.c.sentence_start,
            CLAIM.c.sentence_start < QUANTITY.c.sentence_end,
        )
        .correlate(event, QUANTITY)
    )
    tellers = select(CLAIM.c.article_id).where(CLAIM.c.event_id == event.c.id).correlate(event)
    place = func.row_number().over(order_by=[QUANTITY.c.article_id, QUANTITY.c.start, QUANTITY.c.id])
    return select(QUANTITY.c.id, place.label("place")).where(QUANTITY.c.article_id.in_(tellers), telling)


def articles_of_story(story: FromClause) -> Select[Any]:
    """The articles of a story, in its order."""
    row = STORY_ARTICLE.alias()
    return select(row.c.article_id.label("id"), row.c.position.label("place")).where(row.c.story_id == story.c.id)


def story_of(article: FromClause) -> ScalarSelect[Any]:
    """The story of an article."""
    row = STORY_ARTICLE.alias()
    return select(row.c.story_id).where(row.c.article_id == article.c.id).correlate(article).scalar_subquery()


def end_of_relation(name: str, other: str) -> Key:
    """The canonical entity at one end of a relation; where its type has no direction the subject is the smaller id."""

    def key(relation: FromClause) -> ColumnElement[Any]:
        # A judgement may have given an end of a pair another id, and with it another place.
        mine, theirs = canonical(name)(relation), canonical(other)(relation)
        undirected = relation.c.type.in_(sorted(load_ontology().symmetric_types))
        swapped = undirected & ((mine > theirs) if name == "subject_id" else (mine < theirs))
        return case((swapped, theirs), else_=mine)

    return key
