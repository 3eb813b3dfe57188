"""Real occurrences, told by one or more claims."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import strawberry

from kb.api.context import Info
from kb.api.event_feed import EventFeed
from kb.api.fields import found_by
from kb.api.paging import After, Before, Connection, Feed, First, Last, check_count, to_page
from kb.api.types.article import Article
from kb.api.types.claim import ClaimConnection
from kb.api.types.enums import DatePrecision, EventType, Modality
from kb.api.types.facets import EventFacets
from kb.api.types.figure import Figure
from kb.api.types.filters import EventFilterArg, read_event_filter
from kb.api.types.node import Node
from kb.api.types.quantity import Quantity
from kb.domain.article import Article as ArticleRow
from kb.domain.claim import Claim as ClaimRow
from kb.domain.claim import Quantity as QuantityRow
from kb.domain.entity import Entity as EntityRow
from kb.domain.event import Event as Row
from kb.domain.figures import Figure as FigureRow
from kb.domain.figures import compare_figures
from kb.domain.result import EventFacets as EventFacetsRow

if TYPE_CHECKING:
    from kb.api.types.entity import Entity, Region

FACETS = 20


async def _subjects(row: strawberry.Parent[Row], info: Info) -> list[EntityRow]:
    return await info.context.loaders.entities.load_many(row.subject_ids)


async def _objects(row: strawberry.Parent[Row], info: Info) -> list[EntityRow]:
    return await info.context.loaders.entities.load_many(row.object_ids)


async def _place(row: strawberry.Parent[Row], info: Info) -> EntityRow | None:
    return None if row.place_id is None else await info.context.loaders.entities.load(row.place_id)


async def _about(row: strawberry.Parent[Row], info: Info) -> list[Row]:
    return await info.context.loaders.events.load_many(row.about_event_ids)


async def _reactions(row: strawberry.Parent[Row], info: Info, where: EventFilterArg = None) -> tuple[Row, ...]:
    chosen = await read_event_filter(info.context, where)
    return await info.context.loaders.reactions.load((row.id, chosen))


async def _claims(
    row: strawberry.Parent[Row],
    info: Info,
    where: EventFilterArg = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Feed[ClaimRow]:
    loaders, page = info.context.loaders, to_page(first, after, last, before)
    wanted = await read_event_filter(info.context, where)
    return Feed(
        lambda: loaders.claims_of_events.load((row.id, wanted, page)),
        lambda: loaders.claim_counts_of_events.load((row.id, wanted)),
    )


async def _articles(row: strawberry.Parent[Row], info: Info) -> list[ArticleRow]:
    return await info.context.loaders.articles.load_many(row.article_ids)


async def _quantities(row: strawberry.Parent[Row], info: Info) -> tuple[QuantityRow, ...]:
    return await info.context.loaders.quantities_of_events.load(row.id)


async def _figures(row: strawberry.Parent[Row], info: Info) -> tuple[FigureRow, ...]:
    return compare_figures(await info.context.loaders.quantities_of_events.load(row.id))


async def _facets(
    feed: strawberry.Parent[EventFeed],
    first: Annotated[int, strawberry.argument(description="How many values of each; months are all there.")] = FACETS,
) -> EventFacetsRow:
    check_count("first", first)
    return await feed.divide(first)


@strawberry.type(description="A real occurrence, told by one or more claims of one or more articles.")
class Event(Node):
    """Shows `kb.domain.event.Event`."""

    type: EventType = strawberry.field(description="What the subjects do to the objects.")
    modality: Modality = strawberry.field(description="Whether it happened, is planned, threatened, denied ...")
    date: dt.date | None = strawberry.field(description="When it happened; null where no claim fixes it.")
    date_precision: DatePrecision | None = strawberry.field(description="How much of the date is fixed.")
    subjects: list[Annotated[Entity, strawberry.lazy("kb.api.types.entity")]] = found_by(_subjects, "Who does it.")
    objects: list[Annotated[Entity, strawberry.lazy("kb.api.types.entity")]] = found_by(
        _objects, "To or about whom; empty where no claim names any."
    )
    place: Annotated[Region, strawberry.lazy("kb.api.types.entity")] | None = found_by(_place, "Where it happened, if told.")
    about: list[Annotated[Event, strawberry.lazy("kb.api.types.event")]] = found_by(
        _about, "The events that it is a reaction to, such as what was condemned."
    )
    reactions: list[Annotated[Event, strawberry.lazy("kb.api.types.event")]] = found_by(
        _reactions, "The events that react to it, by date."
    )
    claims: ClaimConnection = found_by(_claims, "The claims that tell of it, the surest first.")
    articles: list[Article] = found_by(_articles, "The articles that tell of it.")
    source_count: int = strawberry.field(description="How many independent publishers tell of it; carriers of one text are one.")
    quantities: list[Quantity] = found_by(
        _quantities, "Figures in the sentences that tell of it, side by side where they disagree."
    )
    figures: list[Figure] = found_by(_figures, "The same figures by what they are about, and whether sources agree on them.")


@strawberry.type(description="A page of events.")
class EventConnection(Connection[Event]):
    """Events, and what all of them divide into."""

    facets: EventFacets = found_by(_facets, "What the events of all pages divide into; counted only when asked for.")
