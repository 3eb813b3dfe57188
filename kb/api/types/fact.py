"""Static statements about entities."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from kb.api.context import Info
from kb.api.fields import found_by
from kb.api.paging import Connection
from kb.api.types.enums import PredicateName
from kb.api.types.node import Node
from kb.api.types.span import Span
from kb.domain.article import Article as ArticleRow
from kb.domain.claim import Fact as Row
from kb.domain.entity import Entity as EntityRow

if TYPE_CHECKING:
    from kb.api.types.article import Article
    from kb.api.types.entity import Entity


async def _subject(row: strawberry.Parent[Row], info: Info) -> EntityRow:
    return await info.context.loaders.entities.load(row.subject_id)


async def _object(row: strawberry.Parent[Row], info: Info) -> EntityRow | None:
    return None if row.object_id is None else await info.context.loaders.entities.load(row.object_id)


async def _article(row: strawberry.Parent[Row], info: Info) -> ArticleRow | None:
    return None if row.article_id is None else await info.context.loaders.articles.load(row.article_id)


async def _evidence(row: strawberry.Parent[Row], info: Info) -> tuple[Row, ...]:
    return await info.context.loaders.evidence_of_facts.load(row.id)


@strawberry.type(description="A static statement, such as who holds which office, with when it held and when it was known.")
class Fact(Node):
    """Shows `kb.domain.claim.Fact`."""

    subject: Annotated[Entity, strawberry.lazy("kb.api.types.entity")] = found_by(_subject, "Of whom or what it is said.")
    predicate: PredicateName = strawberry.field(description="What is said.")
    object: Annotated[Entity, strawberry.lazy("kb.api.types.entity")] | None = found_by(
        _object, "The entity it leads to; null where the object is a text."
    )
    object_text: str | None = strawberry.field(
        description="The object in words, such as President of Russia; then the entity is what the office is of, if known."
    )
    sentence: Span | None = strawberry.field(description="The sentence that says so; null where the reference set does.")
    article: Annotated[Article, strawberry.lazy("kb.api.types.article")] | None = found_by(
        _article, "The article that says so; null where the reference set does."
    )
    origin: str | None = strawberry.field(description="The part of the reference set that says so; null where an article does.")
    valid_from: date | None = strawberry.field(description="It did not hold before this day; null is open or unknown.")
    valid_to: date | None = strawberry.field(description="It did not hold after this day; null is open or unknown.")
    held_on: date | None = strawberry.field(
        description="A day on which it held: when an article that puts it in the present came out."
    )
    evidence: list[Annotated[Fact, strawberry.lazy("kb.api.types.fact")]] = found_by(
        _evidence, "All that say the same of the same time, itself included: the reference set first, then who says most on when."
    )
    recorded_at: datetime | None = strawberry.field(description="When the knowledge base learned it.")
    superseded_at: datetime | None = strawberry.field(description="When the knowledge base replaced it; null while it stands.")


@strawberry.type(description="A page of facts.")
class FactConnection(Connection[Fact]):
    """Facts."""
