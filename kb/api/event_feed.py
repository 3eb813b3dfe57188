"""Connections of events, which can say what all of them divide into."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from kb.api.paging import Feed
from kb.domain.entity import Entity
from kb.domain.event import Event, Relation
from kb.domain.order import EventOrder
from kb.domain.query import EventFilter, Page, Slice
from kb.domain.result import EventFacets
from kb.errors import UsageError
from kb.storage import events

if TYPE_CHECKING:
    from kb.api.context import Context


class EventFeed(Feed[Event]):
    """A feed of events; `divided` is the filter whose events the facets count."""

    def __init__(
        self,
        load: Callable[[], Awaitable[Slice[Event]]],
        count: Callable[[], Awaitable[int]],
        context: Context,
        divided: EventFilter,
    ) -> None:
        super().__init__(load, count)
        self._context = context
        self._divided = divided

    def facets(self, first: int) -> EventFacets:
        """The `first` most frequent types, subjects, objects and sources, and all months, of the events of all pages."""
        return self._context.reading.ask(events.list_facets, self._divided, first)


def feed_events(context: Context, wanted: EventFilter, page: Page, order: EventOrder) -> EventFeed:
    """The events of a filter."""

    async def load() -> Slice[Event]:
        return context.reading.ask(events.list_events, wanted, page, order)

    async def count() -> int:
        return context.reading.ask(events.count_events, wanted)

    return EventFeed(load, count, context, wanted)


class _OfEntity(EventFeed):
    def facets(self, first: int) -> EventFacets:
        if self._divided.participant is None:
            raise UsageError("facets of an entity's events take no participant in the filter; ask for events(filter:) instead")
        return super().facets(first)


def feed_events_of_entity(context: Context, entity: Entity, wanted: EventFilter, page: Page) -> EventFeed:
    """The events of a filter in which `entity` is a subject or object."""
    loaders = context.loaders
    # Two lists of participants cannot both be demanded by one filter: None tells the feed to say so.
    participants = (entity.id,) if wanted.participant is None else None
    return _OfEntity(
        lambda: loaders.events_of_entities.load((entity.id, wanted, page)),
        lambda: loaders.event_counts_of_entities.load((entity.id, wanted)),
        context,
        replace(wanted, participant=participants),
    )


def feed_events_of_relation(context: Context, relation: Relation, page: Page) -> EventFeed:
    """The events of which a claim states `relation`."""
    loaders = context.loaders

    async def count() -> int:
        return relation.event_count

    return EventFeed(
        lambda: loaders.events_of_relations.load((relation.id, None, page)),
        count,
        context,
        EventFilter(relation=(relation.id,)),
    )
