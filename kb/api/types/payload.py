"""What mutations answer. Each shows things as they are now: the decision and the entities that it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import strawberry

from kb.api.context import Info
from kb.api.fields import found_by
from kb.api.types.decision import Decision, Judgement, Retraction, Split
from kb.api.types.enums import IntakeState
from kb.api.types.ingestion import IngestRun
from kb.domain.article import Article as ArticleRow
from kb.domain.curation import Decision as DecisionRow
from kb.domain.entity import Entity as EntityRow
from kb.domain.posted import Intake
from kb.domain.result import IngestRun as RunRow

if TYPE_CHECKING:
    from kb.api.types.article import Article
    from kb.api.types.entity import Entity


@dataclass(frozen=True, slots=True)
class Outcome:
    """The ids of the decisions that a mutation made, and of the entity that it was about in the first place."""

    decision_ids: tuple[str, ...] = ()
    entity_id: str | None = None


async def _decisions(row: strawberry.Parent[Outcome], info: Info) -> list[DecisionRow]:
    return list(await info.context.loaders.decisions.load_many(row.decision_ids))


async def _decision(row: strawberry.Parent[Outcome], info: Info) -> DecisionRow:
    (key,) = row.decision_ids
    return await info.context.loaders.decisions.load(key)


async def _entity(row: strawberry.Parent[Outcome], info: Info) -> EntityRow | None:
    return None if row.entity_id is None else await info.context.loaders.entities_if_any.load(row.entity_id)


_GONE = "null only where a request was repeated and it is gone since"


@strawberry.type(description="What mergeEntities did.")
class MergeEntitiesPayload:
    """An `Outcome` of judgements."""

    decisions: list[Judgement] = found_by(_decisions, "One judgement for each of the others; undo them one by one.")
    entity: Annotated[Entity, strawberry.lazy("kb.api.types.entity")] | None = found_by(
        _entity, f"What all of them are now; {_GONE}."
    )


@strawberry.type(description="What judgeEntities did.")
class JudgeEntitiesPayload:
    """An `Outcome` of a judgement."""

    decision: Judgement = found_by(_decision, "The judgement, or the one that said the same before.")


@strawberry.type(description="What splitEntity did.")
class SplitEntityPayload:
    """An `Outcome` of a split."""

    decision: Split = found_by(_decision, "The split, with both entities.")


@strawberry.type(description="What undoDecision did.")
class UndoDecisionPayload:
    """An `Outcome` of a decision that counts no more."""

    decision: Decision = found_by(_decision, "The decision, with who took it back.")


@strawberry.type(description="What retractArticle did.")
class RetractArticlePayload:
    """An `Outcome` of a retraction."""

    decision: Retraction = found_by(_decision, "The record that stays of the article.")


@strawberry.type(description="What a mutation of an entity's names did.")
class EntityNamesPayload:
    """An `Outcome` of no decision."""

    entity: Annotated[Entity, strawberry.lazy("kb.api.types.entity")] | None = found_by(
        _entity, f"The entity with its names; {_GONE}."
    )


async def _taken(row: strawberry.Parent[Intake], info: Info) -> ArticleRow | None:
    return None if not row.article_id else await info.context.loaders.articles_if_any.load(row.article_id)


async def _run_of_intake(row: strawberry.Parent[Intake], info: Info) -> RunRow:
    return await info.context.loaders.runs.load(row.run_id)


def _reason_of_intake(row: strawberry.Parent[Intake]) -> str | None:
    return row.reason or None


def _message_of_intake(row: strawberry.Parent[Intake]) -> str | None:
    return row.message or None


@strawberry.type(description="What ingestArticle did.")
class IngestArticlePayload:
    """An `Intake`."""

    state: IntakeState = strawberry.field(description="What became of the article.")
    article: Annotated[Article, strawberry.lazy("kb.api.types.article")] | None = found_by(
        _taken, f"The article, where it was added or is known; {_GONE}."
    )
    reason: str | None = found_by(_reason_of_intake, "Why it was rejected, in one word that stays the same: empty, language ...")
    message: str | None = found_by(_message_of_intake, "Why it was rejected, and what to do.")
    run: IngestRun = found_by(_run_of_intake, "The run that it was read in.")
