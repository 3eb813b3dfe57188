"""Ways from one entity to another."""

from __future__ import annotations

import strawberry

from kb.api.context import Info
from kb.api.fields import found_by
from kb.api.types.entity import Entity
from kb.api.types.relation import Relation
from kb.domain.entity import Entity as EntityRow
from kb.domain.event import Relation as RelationRow
from kb.domain.result import Path as Row
from kb.domain.result import PathStep as StepRow


async def _relation(row: strawberry.Parent[StepRow], info: Info) -> RelationRow:
    return await info.context.loaders.relations.load(row.relation_id)


def _length(row: strawberry.Parent[Row]) -> int:
    return len(row.steps)


async def _entities(row: strawberry.Parent[Row], info: Info) -> list[EntityRow]:
    return await info.context.loaders.entities.load_many(row.entity_ids)


@strawberry.type(description="One relation walked over.")
class PathStep:
    """Shows `kb.domain.result.PathStep`."""

    relation: Relation = found_by(_relation, "The relation.")
    forward: bool = strawberry.field(description="Whether it is walked from its subject to its object.")


@strawberry.type(description="A way from one entity to another over relations.")
class Path:
    """Shows `kb.domain.result.Path`."""

    length: int = found_by(_length, "How many relations it takes.")
    entities: list[Entity] = found_by(_entities, "The entities it passes, both ends included.")
    steps: list[PathStep] = strawberry.field(description="The relations it walks over, in order.")
