"""What one sentence of one article says happened."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import strawberry

from kb.api.context import Info
from kb.api.fields import found_by
from kb.api.paging import Connection
from kb.api.types.enums import DatePrecision, EventType, Modality
from kb.api.types.node import Node
from kb.api.types.span import Span
from kb.domain.article import Article as ArticleRow
from kb.domain.claim import Claim as Row
from kb.domain.claim import Role
from kb.domain.entity import Entity as EntityRow
from kb.domain.event import Event as EventRow
from kb.errors import NotFoundError

if TYPE_CHECKING:
    from kb.api.types.article import Article
    from kb.api.types.entity import Entity
    from kb.api.types.event import Event


async def _in_role(row: Row, role: Role, info: Info) -> list[EntityRow]:
    return await info.context.loaders.entities.load_many(row.entity_ids(role))


async def _subjects(row: strawberry.Parent[Row], info: Info) -> list[EntityRow]:
    return await _in_role(row, Role.SUBJECT, info)


async def _objects(row: strawberry.Parent[Row], info: Info) -> list[EntityRow]:
    return await _in_role(row, Role.OBJECT, info)


async def _attributed_to(row: strawberry.Parent[Row], info: Info) -> list[EntityRow]:
    return await _in_role(row, Role.SPEAKER, info)


def _sentence(row: strawberry.Parent[Row]) -> str:
    return row.sentence.text


def _start(row: strawberry.Parent[Row]) -> int:
    return row.sentence.start


def _end(row: strawberry.Parent[Row]) -> int:
    return row.sentence.end


async def _about(row: strawberry.Parent[Row], info: Info) -> Row | None:
    return None if row.about_claim_id is None else await info.context.loaders.claims.load(row.about_claim_id)


async def _article(row: strawberry.Parent[Row], info: Info) -> ArticleRow:
    return await info.context.loaders.articles.load(row.article_id)


async def _event(row: strawberry.Parent[Row], info: Info) -> EventRow:
    if row.event_id is None:
        raise NotFoundError("event", f"of claim {row.id}")
    return await info.context.loaders.events.load(row.event_id)


@strawberry.type(description="What one sentence of one article says happened.")
class Claim(Node):
    """Shows `kb.domain.claim.Claim`."""

    type: EventType = strawberry.field(description="What the subjects do to the objects.")
    modality: Modality = strawberry.field(description="How the sentence puts it.")
    attributed_to: list[Annotated[Entity, strawberry.lazy("kb.api.types.entity")]] = found_by(
        _attributed_to, "Whose words the article reports; empty where it speaks for itself."
    )
    subjects: list[Annotated[Entity, strawberry.lazy("kb.api.types.entity")]] = found_by(
        _subjects, "Who does it, in the order of the text."
    )
    objects: list[Annotated[Entity, strawberry.lazy("kb.api.types.entity")]] = found_by(
        _objects, "To or about whom; empty where the text names none."
    )
    about: Annotated[Claim, strawberry.lazy("kb.api.types.claim")] | None = found_by(
        _about, "The claim of the same article that this one is about, such as what was condemned."
    )
    sentence: str = found_by(_sentence, "The sentence, word for word.")
    start: int = found_by(_start, "Where the sentence starts in Article.text, from 0.")
    end: int = found_by(_end, "One behind the sentence's last character.")
    trigger: Span = strawberry.field(description="The words that say what happened.")
    date: dt.date | None = strawberry.field(description="When it happened; null where the text does not fix it.")
    date_precision: DatePrecision | None = strawberry.field(description="How much of the date the text fixes.")
    confidence: float = strawberry.field(description="How sure the reading is, from 0 to 1.")
    article: Annotated[Article, strawberry.lazy("kb.api.types.article")] = found_by(_article, "The article that says so.")
    event: Annotated[Event, strawberry.lazy("kb.api.types.event")] = found_by(
        _event, "The real occurrence it tells of, together with claims elsewhere."
    )


@strawberry.type(description="A page of claims.")
class ClaimConnection(Connection[Claim]):
    """Claims."""
