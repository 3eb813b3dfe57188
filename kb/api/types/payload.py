"""What mutations answer. Each shows things as they are now: the decision and the entities that it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import strawberry

from kb.api.context import Info
from kb.api.fields import found_by
from kb.api.types.decision import Decision, Judgement, Retraction, Split
from kb.domain.curation import Decision as DecisionRow
from kb.domain.entity import Entity as EntityRow

if TYPE_CHECKING:
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
