"""What one sentence of one article says: events claimed, static facts, quantities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kb.domain.span import Span


class Modality(StrEnum):
    """How a claim is put (../shared/gold/GUIDELINES.md's six)."""

    ACTUAL = "actual"
    PLANNED = "planned"
    THREATENED = "threatened"
    REQUESTED = "requested"
    POSSIBLE = "possible"
    DENIED = "denied"


class DatePrecision(StrEnum):
    """How much of a date the text fixes; the date itself is the first day of the week (a Monday), month or year."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Role(StrEnum):
    """What an entity is to a claim."""

    SUBJECT = "subject"
    OBJECT = "object"
    SPEAKER = "speaker"


@dataclass(frozen=True, slots=True)
class Argument:
    """An entity in a role of a claim, and the mention that says so (None where it is carried over from the sentence before)."""

    role: Role
    entity_id: str
    mention_id: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A typed event as one sentence states it.

    `type` is an identifier of schema/ontology/event_types.yaml; `about_claim_id` the claim of the same article that this one is
    about (condemned WHAT); `confidence` from 0 to 1. `arguments` hold subjects, objects and speakers in the order of the text.
    `event_id` and `about_event_id` are filled in by the store, once claims are grouped; extraction and grouping leave them None.
    """

    id: str
    article_id: str
    type: str
    modality: Modality
    arguments: tuple[Argument, ...]
    sentence: Span
    trigger: Span
    confidence: float
    date: date | None = None
    date_precision: DatePrecision | None = None
    about_claim_id: str | None = None
    event_id: str | None = None
    about_event_id: str | None = None

    def entity_ids(self, role: Role) -> tuple[str, ...]:
        """The entities in `role`, each once, in the order of the text."""
        return tuple(dict.fromkeys(a.entity_id for a in self.arguments if a.role is role))


@dataclass(frozen=True, slots=True)
class Fact:
    """A static statement (holds_office, member_of ...) of an article, or of the reference set, which `origin` then names.

    Its object is an entity or a text; an office has both where it is one of a known country or body. It did not hold before
    `valid_from` nor after `valid_to`, as far as its source says; on the day `held_on` it did. `recorded_at` and `superseded_at`
    tell from when to when the store took it for what the source says.
    """

    id: str
    subject_id: str
    predicate: str
    object_id: str | None
    object_text: str | None
    article_id: str | None
    sentence: Span | None
    valid_from: date | None = None
    valid_to: date | None = None
    recorded_at: datetime | None = None
    superseded_at: datetime | None = None
    held_on: date | None = None
    origin: str | None = None


class Bound(StrEnum):
    """How a source bounds the one number it gives."""

    EXACT = "exact"
    ABOUT = "about"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure that sources may disagree on. `about` says what it counts.

    `low` equals `high` where one number is given, also for "over 130,000" and "nearly 600": no end is invented, `bound` says on
    which side the number is open, and `span` begins with the word that says so. A range ("169,000-190,000") has two ends.
    """

    id: str
    article_id: str
    about: str
    low: float
    high: float
    unit: str
    span: Span
    sentence: Span
    attributed_to: tuple[str, ...] = ()
    bound: Bound = Bound.EXACT
