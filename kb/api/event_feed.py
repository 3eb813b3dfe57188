"""Connections of events, which can say what all of them divide into."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from kb.api.paging import Feed
from kb.domain.entity import Entity
from kb.domain.event import Event, Relation
from kb.domain.order import EventOrder
from kb.domain.query import EventFilter, Page, Slice
from kb.domain.result import EventFacets
from kb.storage import events

if TYPE_CHECKING:
    from kb.api.context import Context


class EventFeed(Feed[Event]):
    """A feed of events; `divide` gives the most frequent types, subjects, objects and sources, and all months, of all pages."""

    def __init__(
        self,
        load: Callable[[], Awaitable[Slice[Event]]],
        count: Callable[[], Awaitable[int]],
        divide: Callable[[int], Awaitable[EventFacets]],
    ) -> None:
        super().__init__(load, count)
        self.divide = divide


def feed_events(context: Context, wanted: EventFilter, page: Page, order: EventOrder) -> EventFeed:
    """The events of a filter."""
    ask = context.reading.ask

    async def load() -> Slice[Event]:
        return ask(events.list_events, wanted, page, order)

    async def count() -> int:
        return ask(events.count_events, wanted)

    async def divide(first: int) -> EventFacets:
        return ask(events.list_facets, wanted, first)

    return EventFeed(load, count, divide)


def feed_events_of_entity(context: Context, entity: Entity, wanted: EventFilter, page: Page) -> EventFeed:
    """The events of a filter in which `entity` is a subject or object."""
    loaders = context.loaders
    return EventFeed(
        lambda: loaders.events_of_entities.load((entity.id, wanted, page)),
        lambda: loaders.event_counts_of_entities.load((entity.id, wanted)),
        lambda first: loaders.facets_of_entities.load((entity.id, wanted, first)),
    )


def feed_events_of_relation(context: Context, relation: Relation, page: Page) -> EventFeed:
    """The events of which a claim states `relation`."""
    loaders = context.loaders

    async def count() -> int:
        return relation.event_count

    return EventFeed(
        lambda: loaders.events_of_relations.load((relation.id, None, page)),
        count,
        lambda first: loaders.facets_of_relations.load((relation.id, None, first)),
    )
