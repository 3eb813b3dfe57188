"""What can be asked."""

from __future__ import annotations

from asyncio import gather
from typing import Annotated, Final

import strawberry

from kb.api.context import Info
from kb.api.event_feed import EventFeed, feed_events
from kb.api.fields import found_by
from kb.api.ids import check_id, check_ids, noun_of
from kb.api.limits import MAX_IDS
from kb.api.paging import After, Before, Feed, First, Last, check_count, to_page
from kb.api.types.article import Article, ArticleConnection
from kb.api.types.claim import ClaimConnection
from kb.api.types.decision import Decision
from kb.api.types.entity import Entity, EntityConnection
from kb.api.types.enums import ArticleOrder, ClaimOrder, EntityOrder, EventOrder, HitKind, Interval, RelationOrder
from kb.api.types.event import Event, EventConnection
from kb.api.types.filters import (
    ArticleFilterArg,
    EntityFilterArg,
    EventFilterArg,
    QuantityFilterArg,
    RelationFilterArg,
    read_article_filter,
    read_entity_filter,
    read_event_filter,
    read_quantity_filter,
    read_relation_filter,
    read_text,
)
from kb.api.types.ingestion import IngestRun, IngestRunConnection, get_ingest_run, list_ingest_runs
from kb.api.types.node import Node
from kb.api.types.ontology import Ontology
from kb.api.types.path import Path
from kb.api.types.quantity import QuantityConnection
from kb.api.types.relation import RelationConnection
from kb.api.types.search import SearchConnection
from kb.api.types.source import SourceConnection
from kb.api.types.story import StoryConnection
from kb.api.types.suggestion import MergeSuggestion
from kb.api.types.timeline import TimelineBucket
from kb.api.types.viewer import Viewer
from kb.domain import order
from kb.domain.access import Caller
from kb.domain.article import Article as ArticleRow
from kb.domain.article import Source as SourceRow
from kb.domain.claim import Claim as ClaimRow
from kb.domain.claim import Quantity as QuantityRow
from kb.domain.curation import Decision as DecisionRow
from kb.domain.curation import Likeness as LikenessRow
from kb.domain.entity import Entity as EntityRow
from kb.domain.event import Event as EventRow
from kb.domain.event import Relation as RelationRow
from kb.domain.event import Story as StoryRow
from kb.domain.ids import is_wikidata_id
from kb.domain.query import Slice
from kb.domain.result import HitKind as HitKindRow
from kb.domain.result import Path as PathRow
from kb.domain.result import SearchHit as SearchHitRow
from kb.domain.result import TimelineBucket as TimelineBucketRow
from kb.errors import NotFoundError, UsageError
from kb.ontology.loader import load_ontology
from kb.ontology.model import Ontology as OntologyRow
from kb.storage import (
    articles,
    changes,
    claims,
    decisions,
    entities,
    likenesses,
    paths,
    quantities,
    relations,
    search,
    sources,
    stories,
    timeline,
)

_PATH_LENGTH: Final = 4

_FIRST: Final = 20

FirstOf = Annotated[int, strawberry.argument(description="How many at most.")]
IdArg = Annotated[strawberry.ID, strawberry.argument(name="id", description="Its id.")]
OrderText = "In which order."


async def _node(info: Info, key: IdArg) -> object:
    return await info.context.loaders.of(noun_of(key)).load(key)


async def _nodes(
    info: Info,
    keys: Annotated[list[strawberry.ID], strawberry.argument(name="ids", description=f"Their ids, up to {MAX_IDS}.")],
) -> list[object]:
    if len(keys) > MAX_IDS:
        raise UsageError(f"ids: {len(keys)} are too many; give up to {MAX_IDS}")
    loaders = [info.context.loaders.of(noun_of(key)) for key in keys]
    found = await gather(*(loader.load(key) for loader, key in zip(loaders, keys, strict=True)), return_exceptions=True)
    return [None if isinstance(each, NotFoundError) else each for each in found]


async def _entity(
    info: Info,
    key: Annotated[strawberry.ID | None, strawberry.argument(name="id", description="Its id, a former one included.")] = None,
    wikidata_id: Annotated[str | None, strawberry.argument(description="Its Wikidata id, such as Q159.")] = None,
    name: Annotated[str | None, strawberry.argument(description="One of its names; the most mentioned bearer wins.")] = None,
) -> EntityRow | None:
    if [key, wikidata_id, name].count(None) != 2:
        raise UsageError("give one of id, wikidataId and name")
    if key is not None:
        return await info.context.loaders.entities.load(check_id("id", "entity", key))
    if wikidata_id is not None:
        if not is_wikidata_id(wikidata_id):
            raise UsageError(f"wikidataId: {wikidata_id[:40]!r} is no Wikidata id; they look like Q159")
        return info.context.reading.ask(entities.lookup_entity_by_wikidata, wikidata_id)
    return info.context.reading.ask(entities.lookup_entity_by_name, read_text("name", name) or "")


async def _event(info: Info, key: IdArg) -> EventRow:
    return await info.context.loaders.events.load(check_id("id", "event", key))


async def _article(info: Info, key: IdArg) -> ArticleRow:
    return await info.context.loaders.articles.load(check_id("id", "article", key))


async def _entities(
    info: Info,
    where: EntityFilterArg = None,
    order_by: Annotated[EntityOrder, strawberry.argument(description=OrderText)] = EntityOrder.NAME_ASC,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Feed[EntityRow]:
    wanted, page, ask = read_entity_filter(where), to_page(first, after, last, before), info.context.reading.ask

    async def load() -> Slice[EntityRow]:
        return ask(entities.list_entities, wanted, page, order.EntityOrder(order_by.value))

    async def count() -> int:
        return ask(entities.count_entities, wanted)

    return Feed(load, count)


async def _events(
    info: Info,
    where: EventFilterArg = None,
    order_by: Annotated[EventOrder, strawberry.argument(description=OrderText)] = EventOrder.DATE_DESC,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> EventFeed:
    page = to_page(first, after, last, before)
    wanted = await read_event_filter(info.context, where)
    return feed_events(info.context, wanted, page, order.EventOrder(order_by.value))


async def _claims(
    info: Info,
    where: EventFilterArg = None,
    order_by: Annotated[ClaimOrder, strawberry.argument(description=OrderText)] = ClaimOrder.DATE_DESC,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Feed[ClaimRow]:
    page, ask = to_page(first, after, last, before), info.context.reading.ask
    wanted = await read_event_filter(info.context, where)

    async def load() -> Slice[ClaimRow]:
        return ask(claims.list_claims, wanted, page, order.ClaimOrder(order_by.value))

    async def count() -> int:
        return ask(claims.count_claims, wanted)

    return Feed(load, count)


async def _relations(
    info: Info,
    where: RelationFilterArg = None,
    order_by: Annotated[RelationOrder, strawberry.argument(description=OrderText)] = RelationOrder.EVENTS_DESC,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Feed[RelationRow]:
    page, ask = to_page(first, after, last, before), info.context.reading.ask
    wanted = await read_relation_filter(info.context, where)

    async def load() -> Slice[RelationRow]:
        return ask(relations.list_relations, wanted, page, order.RelationOrder(order_by.value))

    async def count() -> int:
        return ask(relations.count_relations, wanted)

    return Feed(load, count)


async def _articles(
    info: Info,
    where: ArticleFilterArg = None,
    order_by: Annotated[ArticleOrder, strawberry.argument(description=OrderText)] = ArticleOrder.PUBLISHED_DESC,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Feed[ArticleRow]:
    page, ask = to_page(first, after, last, before), info.context.reading.ask
    wanted = await read_article_filter(info.context, where)

    async def load() -> Slice[ArticleRow]:
        return ask(articles.list_articles, wanted, page, order.ArticleOrder(order_by.value))

    async def count() -> int:
        return ask(articles.count_articles, wanted)

    return Feed(load, count)


async def _quantities(
    info: Info,
    where: QuantityFilterArg = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Feed[QuantityRow]:
    page, ask = to_page(first, after, last, before), info.context.reading.ask
    wanted = await read_quantity_filter(info.context, where)

    async def load() -> Slice[QuantityRow]:
        return ask(quantities.list_quantities, wanted, page)

    async def count() -> int:
        return ask(quantities.count_quantities, wanted)

    return Feed(load, count)


async def _sources(
    info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
) -> Feed[SourceRow]:
    page, ask = to_page(first, after, last, before), info.context.reading.ask

    async def load() -> Slice[SourceRow]:
        return ask(sources.list_sources, page)

    async def count() -> int:
        return ask(sources.count_sources)

    return Feed(load, count)


async def _stories(
    info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
) -> Feed[StoryRow]:
    page, ask = to_page(first, after, last, before), info.context.reading.ask

    async def load() -> Slice[StoryRow]:
        return ask(stories.list_stories, page)

    async def count() -> int:
        return ask(stories.count_stories)

    return Feed(load, count)


async def _search(
    info: Info,
    text: Annotated[str, strawberry.argument(description="The words to look for; a last one ending in * may go on.")],
    kind: Annotated[list[HitKind] | None, strawberry.argument(description="Only of these kinds.")] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Feed[SearchHitRow]:
    page, ask = to_page(first, after, last, before), info.context.reading.ask
    words = read_text("text", text) or ""
    if not words.strip():
        raise UsageError("text: there is no word to look for")

    kinds = None if kind is None else [HitKindRow(each.value) for each in kind]

    async def load() -> Slice[SearchHitRow]:
        return ask(search.search, words, page, kinds)

    async def count() -> int:
        return ask(search.count_hits, words, kinds)

    return Feed(load, count)


async def _path(
    info: Info,
    from_id: Annotated[strawberry.ID, strawberry.argument(name="from", description="The id of the entity to begin at.")],
    to_id: Annotated[strawberry.ID, strawberry.argument(name="to", description="The id of the entity to end at.")],
    max_length: Annotated[
        int | None, strawberry.argument(description=f"Over how many relations at most, {_PATH_LENGTH} if not said.")
    ] = None,
) -> tuple[PathRow, ...]:
    ends = [check_id("from", "entity", from_id), check_id("to", "entity", to_id)]
    await info.context.loaders.entities.load_many(ends)
    return info.context.reading.ask(paths.list_paths, from_id, to_id, _PATH_LENGTH if max_length is None else max_length)


async def _timeline(
    info: Info,
    interval: Annotated[Interval, strawberry.argument(description="How wide a bucket is.")],
    where: EventFilterArg = None,
) -> tuple[TimelineBucketRow, ...]:
    wanted = await read_event_filter(info.context, where)
    return info.context.reading.ask(timeline.list_buckets, wanted, order.Interval(interval.value))


async def _suggested_merges(info: Info, first: FirstOf = _FIRST) -> tuple[LikenessRow, ...]:
    check_count("first", first)
    return info.context.reading.ask(likenesses.list_suggestions, first)


async def _decisions(
    info: Info,
    entity: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="Only judgements and splits that name this entity or what has turned out to be it."),
    ] = None,
    first: FirstOf = _FIRST,
) -> tuple[DecisionRow, ...]:
    check_count("first", first)
    if entity is None:
        return info.context.reading.ask(decisions.list_decisions, first)
    await check_ids(info.context, "entity", "entity", [entity])
    return info.context.reading.ask(decisions.list_decisions_of_entity, entity, first)


def _change_cursor(info: Info) -> str:
    return str(info.context.reading.ask(changes.lookup_last_change))


def _viewer(info: Info) -> Caller:
    return info.context.caller


def _ontology() -> OntologyRow:
    return load_ontology()


@strawberry.type(description="What can be asked.")
class Query:
    """The root of all queries."""

    node: Node | None = found_by(_node, "Anything by its id.")
    nodes: list[Node | None] = found_by(_nodes, "Several at once, in the order of their ids; null where an id names nothing.")
    entity: Entity | None = found_by(
        _entity,
        "An entity by one of id, Wikidata id and name; null where no entity bears either.",
    )
    event: Event | None = found_by(_event, "An event by its id.")
    article: Article | None = found_by(_article, "An article by its id.")
    entities: EntityConnection = found_by(_entities, "People, countries, organisations and regions.")
    events: EventConnection = found_by(_events, "What happened, is planned, threatened, denied ...")
    claims: ClaimConnection = found_by(_claims, "What sentences say; the filter is applied to what each claim itself says.")
    relations: RelationConnection = found_by(_relations, "What entities do to each other, added up over events.")
    articles: ArticleConnection = found_by(_articles, "All articles.")
    quantities: QuantityConnection = found_by(_quantities, "Figures, each with its sentence; those of the latest articles first.")
    sources: SourceConnection = found_by(_sources, "All publishers, by name.")
    stories: StoryConnection = found_by(_stories, "Articles grouped by happening.")
    search: SearchConnection = found_by(_search, "Entities, articles and claims by their words, the best first.")
    path: list[Path] = found_by(_path, "The shortest ways from one entity to another over what they did to each other.")
    timeline: list[TimelineBucket] = found_by(_timeline, "Events over time; stretches without any are left out.")
    suggested_merges: list[MergeSuggestion] = found_by(
        _suggested_merges,
        "Entities with alike names on which nobody has judged, the most alike first; judgeEntities settles them.",
    )
    decisions: list[Decision] = found_by(_decisions, "What curators decided, the latest first, with what was taken back.")
    ingest_runs: IngestRunConnection = found_by(list_ingest_runs, "Runs of ingestion, the latest first.")
    ingest_run: IngestRun | None = found_by(get_ingest_run, "A run of ingestion by its id.")
    change_cursor: str = found_by(
        _change_cursor,
        "Where the sequence of changes stands at the moment that this whole answer shows: a subscription that begins behind it"
        " misses nothing of what happens to what was asked for beside it.",
    )
    viewer: Viewer = found_by(_viewer, "Who asks, and what they may do.")
    ontology: Ontology = found_by(_ontology, "What the knowledge base can say.")
