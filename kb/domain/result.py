"""What the store answers besides the nouns themselves: hits, facets, buckets, paths, runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kb.domain.entity import Entity


class HitKind(StrEnum):
    """What a search hit is."""

    ENTITY = "entity"
    ARTICLE = "article"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Highlight:
    """Half-open character range of a snippet that a word of the query matched."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One thing found. `id` names an entity, article or claim. A larger `score` is better, within one answer."""

    kind: HitKind
    id: str
    title: str
    snippet: str
    highlights: tuple[Highlight, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Facet:
    """How many events have `value`: an event type, an entity's or source's id, or a month as YYYY-MM."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class EventFacets:
    """Facets of all events that a filter lets through, the most frequent value first (months in their own order)."""

    type: tuple[Facet, ...]
    subject: tuple[Facet, ...]
    object: tuple[Facet, ...]
    source: tuple[Facet, ...]
    month: tuple[Facet, ...]


@dataclass(frozen=True, slots=True)
class TimelineBucket:
    """Dated events from day `start` to day `end`, both included."""

    start: date
    end: date
    event_count: int
    claim_count: int


@dataclass(frozen=True, slots=True)
class CoOccurrence:
    """An entity mentioned in `article_count` of the same articles."""

    entity: Entity
    article_count: int


@dataclass(frozen=True, slots=True)
class PathStep:
    """One relation walked over; `forward` from its subject to its object."""

    relation_id: str
    from_id: str
    to_id: str
    forward: bool


@dataclass(frozen=True, slots=True)
class Path:
    """A way from one entity to another over relations; `entity_ids` are one more than the steps."""

    entity_ids: tuple[str, ...]
    steps: tuple[PathStep, ...]


@dataclass(frozen=True, slots=True)
class RunCounts:
    """What a run of ingestion came to, in documents."""

    articles_read: int = 0
    articles_saved: int = 0
    articles_known: int = 0
    duplicates: int = 0
    quarantined: int = 0


@dataclass(frozen=True, slots=True)
class IngestRun:
    """A run of ingestion; `finished_at` is None while it runs and where it was killed."""

    id: str
    started_at: datetime
    finished_at: datetime | None
    counts: RunCounts


@dataclass(frozen=True, slots=True)
class RunTotals:
    """All runs of ingestion together; `last_finished_at` is None where none has ended."""

    runs: int
    counts: RunCounts
    last_finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class IngestFailure:
    """A document in quarantine, with the run that met it last."""

    id: str
    run_id: str
    origin: str
    reason: str
    message: str
    failed_at: datetime


class ArticleState(StrEnum):
    """Whether the store has an article; a retracted one it had, and does not take again."""

    KNOWN = "known"
    NEW = "new"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the sequence of changes: a noun that came, changed or went."""

    seq: int
    noun: str
    noun_id: str
    operation: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Totals:
    """How many rows there are of what a report names."""

    articles: int
    entities: int
    claims: int
    events: int
    quarantined: int
