"""The lists that are asked for by page: how they are ordered and filtered, and what ties them to the row they belong to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Table, or_, select

from kb.domain.claim import Role
from kb.domain.order import ArticleOrder, ClaimOrder, EntityOrder, EventOrder, RelationOrder
from kb.storage import articles, claims, entities, events, facts, mentions, quantities, relations, sources, stories
from kb.storage.cursors import Ordering
from kb.storage.filters import (
    conditions_on_article,
    conditions_on_claim,
    conditions_on_entity,
    conditions_on_event,
    conditions_on_relation,
)
from kb.storage.given import Given
from kb.storage.select.tree import Filter
from kb.storage.tables import (
    ARTICLE,
    CLAIM,
    ENTITY,
    EVENT,
    EVENT_PARTICIPANT,
    FACT,
    MENTION,
    QUANTITY,
    RELATION,
    RELATION_CLAIM,
    SOURCE,
    STORY,
)

Conditions = Callable[[Given, Filter], list[ColumnElement[bool]]]
Tie = Callable[[FromClause], ColumnElement[bool]]
BOTH_ENDS: Final = (Role.SUBJECT, Role.OBJECT)


@dataclass(frozen=True, slots=True)
class PagedList:
    """Rows of `table` that `tie` finds for a row of another noun, or all; `orders` by name, the first of them if none is named.

    `of_participant` marks the events of an entity, which the index of participants hands out in their order. `count` is the
    column of the row that has the total already.
    """

    noun: str
    table: Table
    orders: Mapping[str, Ordering]
    conditions: Conditions
    tie: Tie | None = None
    of_participant: bool = False
    count: str | None = None


def _none(given: Given, wanted: Filter) -> list[ColumnElement[bool]]:
    return []


def _events_of_entity(entity: FromClause) -> ColumnElement[bool]:
    row = EVENT_PARTICIPANT.alias()
    mine = select(row.c.event_id).where(row.c.entity_id == entity.c.id, row.c.role.in_([str(role) for role in BOTH_ENDS]))
    return EVENT.c.id.in_(mine.correlate(entity))


def _events_of_relation(relation: FromClause) -> ColumnElement[bool]:
    stating = select(CLAIM.c.event_id).join(RELATION_CLAIM, RELATION_CLAIM.c.claim_id == CLAIM.c.id)
    return EVENT.c.id.in_(stating.where(RELATION_CLAIM.c.relation_id == relation.c.id).correlate(relation))


def _claims_of_relation(relation: FromClause) -> ColumnElement[bool]:
    stating = select(RELATION_CLAIM.c.claim_id).where(RELATION_CLAIM.c.relation_id == relation.c.id)
    return CLAIM.c.id.in_(stating.correlate(relation))


def _mentions_of_entity(entity: FromClause) -> ColumnElement[bool]:
    member = ENTITY.alias()
    return MENTION.c.entity_id.in_(select(member.c.id).where(member.c.canonical_id == entity.c.id).correlate(entity))


def _relations_of_entity(entity: FromClause) -> ColumnElement[bool]:
    return or_(RELATION.c.subject_id == entity.c.id, RELATION.c.object_id == entity.c.id)


def _first(ordering: Ordering) -> Mapping[str, Ordering]:
    return {"": ordering}


def _orders(orderings: Mapping[Any, Ordering], first: str) -> Mapping[str, Ordering]:
    """By name, the one that a list has of its own first."""
    named = {str(order): ordering for order, ordering in orderings.items()}
    return {first: named[first], **named}


_EVENTS: Final = _orders(events.ORDERINGS, EventOrder.DATE_DESC)
_RELATIONS: Final = _orders(relations.ORDERINGS, RelationOrder.EVENTS_DESC)
_SURE_CLAIMS: Final = _orders(claims.ORDERINGS, ClaimOrder.CONFIDENCE_DESC)

ROOT_LISTS: Final[Mapping[str, PagedList]] = {
    "articles": PagedList("article", ARTICLE, _orders(articles.ORDERINGS, ArticleOrder.PUBLISHED_DESC), conditions_on_article),
    "claims": PagedList("claim", CLAIM, _orders(claims.ORDERINGS, ClaimOrder.DATE_DESC), conditions_on_claim),
    "entities": PagedList("entity", ENTITY, _orders(entities.ORDERINGS, EntityOrder.NAME_ASC), conditions_on_entity),
    "events": PagedList("event", EVENT, _EVENTS, conditions_on_event),
    "relations": PagedList("relation", RELATION, _RELATIONS, conditions_on_relation),
    "sources": PagedList("source", SOURCE, _first(sources.BY_NAME), _none),
    "stories": PagedList("story", STORY, _first(stories.BY_DATE), _none),
}
LISTS: Final[Mapping[tuple[str, str], PagedList]] = {
    ("article", "claims"): PagedList(
        "claim",
        CLAIM,
        _orders(claims.ORDERINGS, ClaimOrder.TEXT),
        conditions_on_claim,
        lambda article: CLAIM.c.article_id == article.c.id,
    ),
    ("article", "facts"): PagedList(
        "fact", FACT, _first(facts.IN_TEXT), _none, lambda article: FACT.c.article_id == article.c.id
    ),
    ("article", "mentions"): PagedList(
        "mention", MENTION, _first(mentions.IN_TEXT), _none, lambda article: MENTION.c.article_id == article.c.id
    ),
    ("article", "quantities"): PagedList(
        "quantity", QUANTITY, _first(quantities.IN_TEXT), _none, lambda article: QUANTITY.c.article_id == article.c.id
    ),
    ("entity", "events"): PagedList("event", EVENT, _EVENTS, conditions_on_event, _events_of_entity, of_participant=True),
    ("entity", "mentions"): PagedList(
        "mention", MENTION, _first(mentions.IN_TEXT), _none, _mentions_of_entity, count="mention_count"
    ),
    ("entity", "relations"): PagedList("relation", RELATION, _RELATIONS, conditions_on_relation, _relations_of_entity),
    ("event", "claims"): PagedList(
        "claim", CLAIM, _SURE_CLAIMS, conditions_on_claim, lambda event: CLAIM.c.event_id == event.c.id
    ),
    ("relation", "claims"): PagedList("claim", CLAIM, _SURE_CLAIMS, _none, _claims_of_relation, count="claim_count"),
    ("relation", "events"): PagedList("event", EVENT, _EVENTS, _none, _events_of_relation, count="event_count"),
}
