"""What people decided about entities and articles, by whom, when and why, and whether it was taken back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from kb.api.context import Info
from kb.api.fields import found_by
from kb.api.types.enums import Verdict
from kb.api.types.node import Node
from kb.domain.article import Article as ArticleRow
from kb.domain.curation import Decision as Row
from kb.domain.curation import Judgement as JudgementRow
from kb.domain.curation import Retraction as RetractionRow
from kb.domain.curation import Split as SplitRow
from kb.domain.entity import Entity as EntityRow

if TYPE_CHECKING:
    from kb.api.types.article import Article
    from kb.api.types.entity import Entity

_GONE = "null where it is gone because nothing speaks of it any more"


def _made_at(row: strawberry.Parent[Row]) -> datetime:
    match row:
        case JudgementRow():
            return row.judged_at
        case SplitRow():
            return row.made_at
        case RetractionRow():
            return row.retracted_at


async def _left(row: strawberry.Parent[JudgementRow], info: Info) -> EntityRow | None:
    return await info.context.loaders.entities_if_any.load(row.left_id)


async def _right(row: strawberry.Parent[JudgementRow], info: Info) -> EntityRow | None:
    return await info.context.loaders.entities_if_any.load(row.right_id)


async def _entity(row: strawberry.Parent[SplitRow], info: Info) -> EntityRow | None:
    return await info.context.loaders.entities_if_any.load(row.entity_id)


async def _new_entity(row: strawberry.Parent[SplitRow], info: Info) -> EntityRow | None:
    return await info.context.loaders.entities_if_any.load(row.new_entity_id)


async def _articles(row: strawberry.Parent[SplitRow], info: Info) -> list[ArticleRow]:
    found = await info.context.loaders.articles_if_any.load_many(row.article_ids)
    return [each for each in found if each is not None]


@strawberry.interface(description="Something that somebody decided. It stays on record, also when it is taken back.")
class Decision(Node):
    """Shows any of `kb.domain.curation.Decision`."""

    author: str = strawberry.field(description="Who decided so: the name of a token, or a user of the server's machine.")
    reason: str = strawberry.field(description="Why, in the author's words; may be empty.")
    made_at: datetime = found_by(_made_at, "When it was decided.")
    undone_at: datetime | None = strawberry.field(description="When it was taken back; null while it counts.")
    undone_by: str | None = strawberry.field(description="Who took it back; null while it counts.")
    undone_reason: str | None = strawberry.field(description="Why it was taken back; null while it counts.")


@strawberry.type(description="A verdict on two entities.")
class Judgement(Decision):
    """Shows `kb.domain.curation.Judgement`."""

    verdict: Verdict = strawberry.field(description="What it says of them.")
    left_id: strawberry.ID = strawberry.field(description="The id of the first as it was judged.")
    right_id: strawberry.ID = strawberry.field(description="The id of the second as it was judged.")
    left: Annotated[Entity, strawberry.lazy("kb.api.types.entity")] | None = found_by(
        _left, f"What the first id stands for now; of two that are the same it gives the name; {_GONE}."
    )
    right: Annotated[Entity, strawberry.lazy("kb.api.types.entity")] | None = found_by(
        _right, f"What the second id stands for now; {_GONE}."
    )


@strawberry.type(description="The statement that some articles mean another entity than the one they were read to mean.")
class Split(Decision):
    """Shows `kb.domain.curation.Split`."""

    entity: Annotated[Entity, strawberry.lazy("kb.api.types.entity")] | None = found_by(
        _entity, f"What the articles were read to mean; {_GONE}."
    )
    new_entity: Annotated[Entity, strawberry.lazy("kb.api.types.entity")] | None = found_by(
        _new_entity, f"What they mean; {_GONE}."
    )
    articles: list[Annotated[Article, strawberry.lazy("kb.api.types.article")]] = found_by(
        _articles, "The articles, without those that are retracted."
    )


@strawberry.type(description="The withdrawal of an article, with all that only it said.")
class Retraction(Decision):
    """Shows `kb.domain.curation.Retraction`."""

    article_id: strawberry.ID = strawberry.field(description="The id of the article, which finds nothing while this counts.")
    title: str = strawberry.field(description="Its headline.")
    url: str | None = strawberry.field(description="Where it was published; null where nobody said.")
    publisher: str | None = strawberry.field(description="Who published it; null where nobody said.")
    claim_count: int = strawberry.field(description="How many claims went with it.")
    mention_count: int = strawberry.field(description="How many mentions of entities went with it.")
