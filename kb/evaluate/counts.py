"""How much a set of exercises holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kb.domain.claim import Modality
from kb.domain.entity import EntityKind
from kb.domain.exercise import Exercise, ExerciseClaim


@dataclass(frozen=True, slots=True)
class Tally:
    """How many there are of `what`; `label` is the class among them, "" for all."""

    what: str
    label: str
    count: int


def count_exercises(exercises: Sequence[Exercise], types: Iterable[str]) -> tuple[Tally, ...]:
    """The whole first, then entities by kind, mentions by form, and claims by modality and in the order of `types`.

    Classes without one are there too: a type that nothing exercises is what one looks for. Words are those of title and body.
    """
    return tuple(_tally(exercises, types))


def _tally(exercises: Sequence[Exercise], types: Iterable[str]) -> Iterator[Tally]:
    claims = [claim for exercise in exercises for claim in exercise.claims]
    kinds = Counter(entity.kind for exercise in exercises for entity in exercise.entities)
    named = Counter(mention.named for exercise in exercises for mention in exercise.mentions)
    yield Tally("exercises", "", len(exercises))
    yield Tally("exercises", "without a claim", sum(not exercise.claims for exercise in exercises))
    yield Tally("sentences", "", sum(len(exercise.sentences) for exercise in exercises))
    yield Tally("sentences", "without a claim", sum(map(_count_silent, exercises)))
    yield Tally("words", "", sum(len(exercise.text.split()) for exercise in exercises))
    yield Tally("entities", "", kinds.total())
    yield from (Tally("entities", kind.value, kinds[kind]) for kind in EntityKind)
    yield Tally("mentions", "", named.total())
    yield Tally("mentions", "by name", named[True])
    yield Tally("mentions", "by role or pronoun", named[False])
    yield Tally("claims", "", len(claims))
    yield from _tally_claims(claims, types)


def _count_silent(exercise: Exercise) -> int:
    telling = {claim.sentence for claim in exercise.claims}
    return sum(sentence not in telling for sentence in exercise.sentences)


def _tally_claims(claims: Sequence[ExerciseClaim], types: Iterable[str]) -> Iterator[Tally]:
    by_modality = Counter(claim.modality for claim in claims)
    by_type = Counter(claim.type for claim in claims)
    yield Tally("claims", "in somebody's words", sum(bool(claim.speakers) for claim in claims))
    yield Tally("claims", "with a date", sum(claim.date is not None for claim in claims))
    yield Tally("claims", "debatable", sum(claim.debatable for claim in claims))
    yield from (Tally("claims by modality", modality.value, by_modality[modality]) for modality in Modality)
    yield from (Tally("claims by type", type_, by_type[type_]) for type_ in types)
