"""What is decided about entities and articles after they were read: by people, reversibly, and by comparing names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from kb.domain.entity import EntityKind


class Verdict(StrEnum):
    """What a judgement says about two entities."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Somebody's reversible verdict on two entities; of two that are the same, the left one gives its name."""

    id: str
    left_id: str
    right_id: str
    verdict: Verdict
    author: str
    judged_at: datetime
    reason: str
    undone_at: datetime | None = None
    undone_by: str | None = None
    undone_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """Somebody's reversible statement: in these articles `new_entity_id` is meant where `entity_id` was read."""

    id: str
    entity_id: str
    new_entity_id: str
    article_ids: tuple[str, ...]
    author: str
    made_at: datetime
    reason: str
    undone_at: datetime | None = None
    undone_by: str | None = None
    undone_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Retraction:
    """The record of an article that was withdrawn, with how many claims and mentions went with it."""

    id: str
    article_id: str
    title: str
    url: str | None
    publisher: str | None
    author: str
    reason: str
    retracted_at: datetime
    claim_count: int
    mention_count: int
    undone_at: datetime | None = None
    undone_by: str | None = None
    undone_reason: str | None = None


Decision: TypeAlias = Judgement | Split | Retraction


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike the names of two entities are: `score` from 0 to 1, and the signs that make it up, each with what it allowed."""

    left_id: str
    right_id: str
    score: float
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """An entity as far as deciding who is one with whom needs it.

    `article_id` is set where it exists in one article only; `is_reference` where the reference set has it.
    """

    id: str
    kind: EntityKind
    name: str
    wikidata_id: str | None = None
    article_id: str | None = None
    is_reference: bool = False
