"""Articles on the same happening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from kb.api.context import Info
from kb.api.fields import found_by
from kb.api.paging import Connection
from kb.api.types.figure import Figure
from kb.api.types.node import Node
from kb.domain.article import Article as ArticleRow
from kb.domain.event import Story as Row
from kb.domain.figures import Figure as FigureRow
from kb.domain.figures import compare_figures

if TYPE_CHECKING:
    from kb.api.types.article import Article


async def _articles(row: strawberry.Parent[Row], info: Info) -> list[ArticleRow]:
    return await info.context.loaders.articles.load_many(row.article_ids)


async def _figures(row: strawberry.Parent[Row], info: Info) -> tuple[FigureRow, ...]:
    return compare_figures(await info.context.loaders.quantities_of_stories.load(row.id))


@strawberry.type(description="Articles on the same happening.")
class Story(Node):
    """Shows `kb.domain.event.Story`."""

    title: str = strawberry.field(description="The title of its earliest article.")
    articles: list[Annotated[Article, strawberry.lazy("kb.api.types.article")]] = found_by(
        _articles, "Its articles, the earliest first."
    )
    figures: list[Figure] = found_by(_figures, "The numbers in its articles, and whether these agree on them.")


@strawberry.type(description="A page of stories.")
class StoryConnection(Connection[Story]):
    """Stories."""
