"""Articles written to learn from: the text, and what it says, exact to the character."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kb.domain.claim import DatePrecision, Modality
from kb.domain.entity import EntityKind
from kb.domain.span import Span


@dataclass(frozen=True, slots=True)
class ExerciseEntity:
    """Who or what an exercise is about; `id` is a slug that holds in this exercise only, `name` the canonical one."""

    id: str
    kind: EntityKind
    name: str


@dataclass(frozen=True, slots=True)
class ExerciseMention:
    """A stretch of the text and whom it means: one entity, or several for "both countries".

    `named` says that it is a name of theirs (or an adjective, acronym, metonym); otherwise it is a role, a nominal or a pronoun.
    """

    span: Span
    entity_ids: tuple[str, ...]
    named: bool


@dataclass(frozen=True, slots=True)
class ExerciseClaim:
    """An event as one sentence states it, subjects, objects and speakers by entity id in the order in which they were given.

    `date` is the first day of what the text fixes, `date_precision` how much that is; both None where it fixes nothing. On what
    is `debatable` careful readers differ.
    """

    type: str
    modality: Modality
    sentence: Span
    trigger: Span
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    speakers: tuple[str, ...]
    date: date | None
    date_precision: DatePrecision | None
    debatable: bool


@dataclass(frozen=True, slots=True)
class Exercise:
    """One article, or one sentence given alone, with all that a reader should find in it.

    All spans count in `text`. `paragraphs` are (start, end) ranges of it in order, the title being the first where there is one;
    `sentences` are those of the body, in order. Mentions come in order of their beginnings, the longer before those inside it,
    and claims in the order of the file. `title` is "" where there is none; `style` is the kind of publisher it is written like.
    """

    id: str
    title: str
    published: date | None
    style: str | None
    text: str
    paragraphs: tuple[tuple[int, int], ...]
    sentences: tuple[Span, ...]
    entities: tuple[ExerciseEntity, ...]
    mentions: tuple[ExerciseMention, ...]
    claims: tuple[ExerciseClaim, ...]
