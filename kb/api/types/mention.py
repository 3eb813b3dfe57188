"""Where a text refers to an entity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from kb.api.context import Info
from kb.api.fields import found_by
from kb.api.paging import Connection
from kb.api.types.enums import MentionForm
from kb.api.types.node import Node
from kb.domain.article import Article as ArticleRow
from kb.domain.entity import Entity as EntityRow
from kb.domain.entity import Mention as Row

if TYPE_CHECKING:
    from kb.api.types.article import Article
    from kb.api.types.entity import Entity


async def _entity(row: strawberry.Parent[Row], info: Info) -> EntityRow:
    return await info.context.loaders.entities.load(row.entity_id)


async def _article(row: strawberry.Parent[Row], info: Info) -> ArticleRow:
    return await info.context.loaders.articles.load(row.article_id)


def _parts(row: strawberry.Parent[Row]) -> list[LinkPart]:
    return [LinkPart(sign=sign, added=added) for sign, added in row.parts]


@strawberry.type(description="One sign that a mention was linked by.")
class LinkPart:
    """A part of the score of `kb.domain.entity.Mention`."""

    sign: str = strawberry.field(description="What spoke for the link or against it.")
    added: float = strawberry.field(description="What it added to the sum that the score is made from; below 0 it spoke against.")


@strawberry.type(description="Characters of an article that refer to an entity, and why they were taken to.")
class Mention(Node):
    """Shows `kb.domain.entity.Mention`."""

    start: int = strawberry.field(description="The first character in Article.text, from 0.")
    end: int = strawberry.field(description="One behind the last character.")
    text: str = strawberry.field(description="Exactly what start and end cut out of the article's text.")
    form: MentionForm = strawberry.field(description="By name, by a role or by a pronoun.")
    score: float = strawberry.field(description="How sure the link to the entity is, from 0 to 1.")
    reason: str = strawberry.field(description="Why it was linked to this entity.")
    parts: list[LinkPart] = found_by(_parts, "The signs that make up the score, where they were weighed; the reason in figures.")
    entity: Annotated[Entity, strawberry.lazy("kb.api.types.entity")] = found_by(_entity, "Who or what is meant.")
    article: Annotated[Article, strawberry.lazy("kb.api.types.article")] = found_by(_article, "The article it stands in.")


@strawberry.type(description="A page of mentions.")
class MentionConnection(Connection[Mention]):
    """Mentions in the order of the text, article by article."""
