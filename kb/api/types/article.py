"""One document version, cleaned."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import strawberry

from kb.api.context import Info
from kb.api.fields import found_by
from kb.api.paging import After, Before, Connection, Feed, First, Last, to_page
from kb.api.types.claim import ClaimConnection
from kb.api.types.fact import FactConnection
from kb.api.types.filters import EventFilterArg, read_event_filter
from kb.api.types.mention import MentionConnection
from kb.api.types.node import Node
from kb.api.types.quantity import QuantityConnection
from kb.api.types.source import Source
from kb.api.types.story import Story
from kb.domain.article import Article as Row
from kb.domain.article import Source as SourceRow
from kb.domain.claim import Claim as ClaimRow
from kb.domain.claim import Fact as FactRow
from kb.domain.claim import Quantity as QuantityRow
from kb.domain.entity import Mention as MentionRow
from kb.domain.event import Story as StoryRow


async def _source(row: strawberry.Parent[Row], info: Info) -> SourceRow | None:
    return await info.context.loaders.sources_of_articles.load(row.id)


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
        lambda: loaders.claims_of_articles.load((row.id, wanted, page)),
        lambda: loaders.claim_counts_of_articles.load((row.id, wanted)),
    )


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
        lambda: loaders.mentions_of_articles.load((row.id, page)), lambda: loaders.mention_counts_of_articles.load(row.id)
    )


async def _facts(
    row: strawberry.Parent[Row],
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Feed[FactRow]:
    loaders, page = info.context.loaders, to_page(first, after, last, before)
    return Feed(lambda: loaders.facts_of_articles.load((row.id, page)), lambda: loaders.fact_counts_of_articles.load(row.id))


async def _quantities(
    row: strawberry.Parent[Row],
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Feed[QuantityRow]:
    loaders, page = info.context.loaders, to_page(first, after, last, before)
    return Feed(
        lambda: loaders.quantities_of_articles.load((row.id, page)), lambda: loaders.quantity_counts_of_articles.load(row.id)
    )


async def _near_duplicates(row: strawberry.Parent[Row], info: Info) -> tuple[Row, ...]:
    return await info.context.loaders.near_duplicates.load(row.id)


async def _story(row: strawberry.Parent[Row], info: Info) -> StoryRow | None:
    return await info.context.loaders.stories_of_articles.load(row.id)


@strawberry.type(description="One document version, cleaned.")
class Article(Node):
    """Shows `kb.domain.article.Article`."""

    title: str = strawberry.field(description="Its headline.")
    url: str | None = strawberry.field(description="Where it was published, if known.")
    published_at: dt.datetime | None = strawberry.field(description="When it was published, if known.")
    published_inferred: bool = strawberry.field(
        description="Whether the moment of publication was concluded from the text and not stated."
    )
    language: str = strawberry.field(description="Its language, as an ISO 639-1 code.")
    file: str = strawberry.field(description="The name of the file or record it came from.")
    source: Source | None = found_by(_source, "Who published it, if known.")
    text: str = strawberry.field(description="The cleaned text that all offsets count in.")
    claims: ClaimConnection = found_by(_claims, "What it claims, in the order of the text.")
    mentions: MentionConnection = found_by(_mentions, "Whom and what it refers to, in the order of the text.")
    facts: FactConnection = found_by(_facts, "The static statements it makes, superseded or not, in the order of the text.")
    quantities: QuantityConnection = found_by(_quantities, "The figures it gives, in the order of the text.")
    story: Story | None = found_by(_story, "The happening it reports on together with other articles.")
    near_duplicates: list[Annotated[Article, strawberry.lazy("kb.api.types.article")]] = found_by(
        _near_duplicates,
        "The other articles that carry its text, word for word or nearly so (syndicated, cut, reordered or reworded), the "
        "earliest first. All of them together are one source.",
    )


@strawberry.type(description="A page of articles.")
class ArticleConnection(Connection[Article]):
    """Articles."""
