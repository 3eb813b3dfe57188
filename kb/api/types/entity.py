"""Canonical people, countries, organisations and regions."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import strawberry

from kb.api.context import Info
from kb.api.event_feed import EventFeed, feed_events_of_entity
from kb.api.fields import found_by
from kb.api.paging import After, Before, Connection, Feed, First, Last, check_count, to_page
from kb.api.types.enums import AliasKind, EntityKind, PredicateName
from kb.api.types.event import EventConnection
from kb.api.types.fact import Fact
from kb.api.types.filters import EventFilterArg, RelationFilterArg, read_event_filter, read_relation_filter
from kb.api.types.mention import MentionConnection
from kb.api.types.node import Node
from kb.api.types.relation import RelationConnection
from kb.domain.claim import Fact as FactRow
from kb.domain.entity import Entity as Row
from kb.domain.entity import Mention as MentionRow
from kb.domain.event import Relation as RelationRow
from kb.domain.result import CoOccurrence as CoOccurrenceRow

CO_OCCURRING = 10


async def _events(
    row: strawberry.Parent[Row],
    info: Info,
    where: EventFilterArg = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> EventFeed:
    chosen = await read_event_filter(info.context, where)
    return feed_events_of_entity(info.context, row, chosen, to_page(first, after, last, before))


async def _relations(
    row: strawberry.Parent[Row],
    info: Info,
    where: RelationFilterArg = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Feed[RelationRow]:
    loaders, page = info.context.loaders, to_page(first, after, last, before)
    chosen = await read_relation_filter(info.context, where)
    return Feed(
        lambda: loaders.relations_of_entities.load((row.id, chosen, page)),
        lambda: loaders.relation_counts_of_entities.load((row.id, chosen)),
    )


async def _facts(
    row: strawberry.Parent[Row],
    info: Info,
    as_of: Annotated[dt.date | None, strawberry.argument(description="Only what may have held on this day.")] = None,
    known_at: Annotated[
        dt.datetime | None, strawberry.argument(description="What was known at this moment; if not said, what is known now.")
    ] = None,
    predicate: Annotated[list[PredicateName] | None, strawberry.argument(description="Only one of these.")] = None,
    *,
    as_object: Annotated[
        bool,
        strawberry.argument(description="What is stated of others with regard to it: its members, who holds its offices."),
    ] = False,
) -> tuple[FactRow, ...]:
    predicates = None if predicate is None else tuple(sorted({each.value for each in predicate}))
    loaders = info.context.loaders
    loader = loaders.facts_about_entities if as_object else loaders.facts_of_entities
    return await loader.load((row.id, as_of, known_at, predicates))


async def _mentions(
    row: strawberry.Parent[Row],
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Feed[MentionRow]:
    loaders, page = info.context.loaders, to_page(first, after, last, before)
    return Feed(
        lambda: loaders.mentions_of_entities.load((row.id, page)), lambda: loaders.mention_counts_of_entities.load(row.id)
    )


async def _co_occurring(
    row: strawberry.Parent[Row],
    info: Info,
    first: Annotated[int | None, strawberry.argument(description=f"How many at most, {CO_OCCURRING} if not said.")] = None,
) -> tuple[CoOccurrenceRow, ...]:
    check_count("first", first)
    return await info.context.loaders.co_occurring.load((row.id, CO_OCCURRING if first is None else first))


async def _former_ids(row: strawberry.Parent[Row], info: Info) -> tuple[str, ...]:
    return await info.context.loaders.former_ids.load(row.id)


@strawberry.type(description="A name that an entity bears.")
class Alias:
    """Shows `kb.domain.entity.Alias`."""

    name: str = strawberry.field(description="The name.")
    kind: AliasKind = strawberry.field(description="How it stands for the entity.")
    origin: str = strawberry.field(description="The reference source, the article it was read in, or `curator`.")


@strawberry.interface(description="A canonical person, country, organisation or region.")
class Entity(Node):
    """Shows `kb.domain.entity.Entity`."""

    kind: EntityKind = strawberry.field(description="What it is.")
    name: str = strawberry.field(description="Its canonical name in English.")
    wikidata_id: str | None = strawberry.field(description="Its Wikidata id such as Q159; null where nobody knows one.")
    aliases: list[Alias] = strawberry.field(description="All names it bears, each with where that is known from.")
    former_ids: list[strawberry.ID] = found_by(
        _former_ids, "Ids of what has turned out to be this entity; each of them still finds it."
    )
    events: EventConnection = found_by(_events, "What it did and what was done to it, by date.")
    relations: RelationConnection = found_by(_relations, "What its events add up to, as edges from and to other entities.")
    facts: list[Fact] = found_by(
        _facts,
        "Static statements about it. One stands for all that say the same (`evidence`); those that contradict each other stand "
        "side by side.",
    )
    mentions: MentionConnection = found_by(_mentions, "Where articles refer to it.")
    co_occurring: list[Annotated[CoOccurrence, strawberry.lazy("kb.api.types.entity")]] = found_by(
        _co_occurring, "Entities that articles mention together with it, the most frequent first."
    )


@strawberry.type(description="An entity that articles mention together with another.")
class CoOccurrence:
    """Shows `kb.domain.result.CoOccurrence`."""

    entity: Entity = strawberry.field(description="The other entity.")
    article_count: int = strawberry.field(description="How many articles mention both.")


@strawberry.type(description="A human being.")
class Person(Entity):
    """An entity of kind PERSON."""


@strawberry.type(description="A sovereign state, also where its capital or seat of government stands for it.")
class Country(Entity):
    """An entity of kind COUNTRY."""


@strawberry.type(description="A body that acts under its own name, or a nameless collective actor.")
class Organisation(Entity):
    """An entity of kind ORGANISATION."""


@strawberry.type(description="Any place that is not a sovereign country.")
class Region(Entity):
    """An entity of kind REGION."""


@strawberry.type(description="A page of entities.")
class EntityConnection(Connection[Entity]):
    """Entities."""
