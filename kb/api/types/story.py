"""Articles on the same happening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from kb.api.context import Info
from kb.api.fields import found_by
from kb.api.paging import Connection
from kb.api.types.node import Node
from kb.domain.article import Article as ArticleRow
from kb.domain.event import Story as Row

if TYPE_CHECKING:
    from kb.api.types.article import Article


async def _articles(row: strawberry.Parent[Row], info: Info) -> list[ArticleRow]:
    return await info.context.loaders.articles.load_many(row.article_ids)


@strawberry.type(description="Articles on the same happening.")
class Story(Node):
    """Shows `kb.domain.event.Story`."""

    title: str = strawberry.field(description="The title of its earliest article.")
    articles: list[Annotated[Article, strawberry.lazy("kb.api.types.article")]] = found_by(
        _articles, "Its articles, the earliest first."
    )


@strawberry.type(description="A page of stories.")
class StoryConnection(Connection[Story]):
    """Stories."""
