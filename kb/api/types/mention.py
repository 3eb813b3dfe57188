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


@strawberry.type(description="Characters of an article that refer to an entity, and why they were taken to.")
class Mention(Node):
    """Shows `kb.domain.entity.Mention`."""

    start: int = strawberry.field(description="The first character in Article.text, from 0.")
    end: int = strawberry.field(description="One behind the last character.")
    text: str = strawberry.field(description="Exactly what start and end cut out of the article's text.")
    form: MentionForm = strawberry.field(description="By name, by a role or by a pronoun.")
    score: float = strawberry.field(description="How sure the link to the entity is, from 0 to 1.")
    reason: str = strawberry.field(description="Why it was linked to this entity.")
    entity: Annotated[Entity, strawberry.lazy("kb.api.types.entity")] = found_by(_entity, "Who or what is meant.")
    article: Annotated[Article, strawberry.lazy("kb.api.types.article")] = found_by(_article, "The article it stands in.")


@strawberry.type(description="A page of mentions.")
class MentionConnection(Connection[Mention]):
    """Mentions in the order of the text, article by article."""
