"""The real occurrences that claims are about, and the relations that they state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kb.domain.claim import Claim, DatePrecision, Modality


@dataclass(frozen=True, slots=True)
class DatedClaim:
    """A claim as grouping sees it: with the article's date and publisher, which decide what can be the same event.

    `source_key` is the publisher's id, or the article's where it has none: what one publisher says twice counts once.
    `copy_group` tells articles that carry one text, which count once as well; None where no other carries it.
    """

    claim: Claim
    article_date: date | None
    source_key: str
    copy_group: str | None = None

    @property
    def origin(self) -> tuple[str, str]:
        """(publisher, text): what `kb.domain.independence.count_independent` counts sources by."""
        return self.source_key, self.copy_group or self.claim.article_id


@dataclass(frozen=True, slots=True)
class Event:
    """A real occurrence told by one or more claims.

    `source_count` counts independent sources, not articles: publishers, of which those that carry one text are one.
    `about_event_ids` are the events that this one is a reaction to.
    """

    id: str
    type: str
    modality: Modality
    subject_ids: tuple[str, ...]
    object_ids: tuple[str, ...]
    claim_ids: tuple[str, ...]
    article_ids: tuple[str, ...]
    source_count: int
    date: date | None = None
    date_precision: DatePrecision | None = None
    place_id: str | None = None
    about_event_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """The typed edge subject -> object that claims of one modality state.

    Counts and dates are of those claims alone, of their events and of their independent sources. A type without direction has one
    relation for two entities, and the id of its subject comes before that of its object.
    """

    id: str
    subject_id: str
    type: str
    object_id: str
    modality: Modality
    event_count: int
    claim_count: int
    source_count: int
    first_date: date | None
    last_date: date | None


@dataclass(frozen=True, slots=True)
class ToldArticle:
    """An article as the grouping of stories sees it.

    `occurrences` are (type, subject's id, object's id) of its claims, `names` the entities it names, with how often; `day` is the
    one it was published on.
    """

    article_id: str
    title: str
    day: date | None
    occurrences: frozenset[tuple[str, str, str]]
    names: frozenset[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Story:
    """Articles on the same happening, named by the earliest one's title."""

    id: str
    title: str
    article_ids: tuple[str, ...]
