"""Figures, each with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from kb.api.context import Info
from kb.api.fields import found_by
from kb.api.paging import Connection
from kb.api.types.enums import QuantityBound
from kb.api.types.node import Node
from kb.api.types.span import Span
from kb.domain.article import Article as ArticleRow
from kb.domain.claim import Quantity as Row
from kb.domain.entity import Entity as EntityRow

if TYPE_CHECKING:
    from kb.api.types.article import Article
    from kb.api.types.entity import Entity


async def _attributed_to(row: strawberry.Parent[Row], info: Info) -> list[EntityRow]:
    return await info.context.loaders.entities.load_many(row.attributed_to)


async def _article(row: strawberry.Parent[Row], info: Info) -> ArticleRow:
    return await info.context.loaders.articles.load(row.article_id)


@strawberry.type(description="A figure as one sentence gives it. Figures that disagree stand side by side.")
class Quantity(Node):
    """Shows `kb.domain.claim.Quantity`."""

    about: str = strawberry.field(description="What is counted or measured.")
    low: float = strawberry.field(description="The number, or the lower end of a range.")
    high: float = strawberry.field(description="The number, or the upper end of a range.")
    bound: QuantityBound = strawberry.field(description="On which side the source leaves the number open, if on any.")
    unit: str = strawberry.field(description="The unit it is counted in; may be empty.")
    span: Span = strawberry.field(description="The figure in the text.")
    sentence: Span = strawberry.field(description="The sentence that gives it.")
    attributed_to: list[Annotated[Entity, strawberry.lazy("kb.api.types.entity")]] = found_by(
        _attributed_to, "Whose figure it is; empty where the article gives it as its own."
    )
    article: Annotated[Article, strawberry.lazy("kb.api.types.article")] = found_by(_article, "The article that gives it.")


@strawberry.type(description="A page of figures.")
class QuantityConnection(Connection[Quantity]):
    """Quantities."""
