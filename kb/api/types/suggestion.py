"""Entities that may be one, for curators to judge."""

from __future__ import annotations

import strawberry

from kb.api.context import Info
from kb.api.fields import found_by
from kb.api.types.entity import Entity
from kb.domain.curation import Likeness as Row
from kb.domain.entity import Entity as EntityRow


async def _left(row: strawberry.Parent[Row], info: Info) -> EntityRow:
    return await info.context.loaders.entities.load(row.left_id)


async def _right(row: strawberry.Parent[Row], info: Info) -> EntityRow:
    return await info.context.loaders.entities.load(row.right_id)


def _parts(row: strawberry.Parent[Row]) -> list[LikenessPart]:
    return [LikenessPart(sign=sign, factor=factor) for sign, factor in row.parts]


@strawberry.type(description="One thing that two names differ in.")
class LikenessPart:
    """A part of `kb.domain.curation.Likeness`."""

    sign: str = strawberry.field(description="What it is, such as a middle name left out.")
    factor: float = strawberry.field(description="What it leaves of certainty, from 0 to 1.")


@strawberry.type(description="Two entities with names so alike that they may be one.")
class MergeSuggestion:
    """Shows `kb.domain.curation.Likeness`."""

    left: Entity = found_by(_left, "The one.")
    right: Entity = found_by(_right, "The other.")
    score: float = strawberry.field(description="How alike their names are, from 0 to 1: the product of the factors.")
    parts: list[LikenessPart] = found_by(_parts, "What makes up the score.")
