"""Exercises as gold: each is both the article to read and what should be found in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Final

from kb.domain.article import RawDocument
from kb.domain.exercise import Exercise, ExerciseClaim
from kb.evaluate.gold import GoldArticle, GoldEntity, GoldEvent

# What refers to somebody without saying anything of them, and so is nothing to recognise them by.
_PRONOUNS: Final = frozenset((
    "he", "him", "his", "himself", "she", "her", "hers", "herself", "it", "its", "itself", "they", "them", "their", "theirs",
    "themselves", "we", "us", "our", "ours", "i", "me", "my", "who", "whom", "whose", "which", "that", "this", "these", "those",
    "both", "each", "one",
))  # fmt: skip


def to_document(exercise: Exercise) -> RawDocument:
    """The exercise as a text file of title, date and paragraphs would be read.

    Its spans hold in the article that becomes of it, but where something of the text is taken for damage and repaired.
    """
    body = "\n\n".join(exercise.text[start:end] for start, end in exercise.paragraphs[bool(exercise.title) :]) + "\n"
    day = exercise.published
    header = [exercise.title] if exercise.title else []
    header += [f"{day:%Y%m%d}"] if day else []
    return RawDocument(
        file=exercise.id,
        original="\n".join((*header, "", body)) if header else body,
        body=body,
        title=exercise.title or None,
        published_at=datetime.combine(day, time(), UTC) if day else None,
    )


def to_gold(exercise: Exercise) -> GoldArticle:
    """What should be found in the exercise. An entity that is only ever a nominal or a pronoun and takes part in nothing is left
    out, as gold files leave it out."""
    told = {key for claim in exercise.claims for key in (*claim.subjects, *claim.objects, *claim.speakers)}
    entities = []
    for entity in exercise.entities:
        names = _surfaces(exercise, entity.id, named=True)
        if names or entity.id in told:
            others = names or (each for each in _surfaces(exercise, entity.id, named=False) if each.lower() not in _PRONOUNS)
            entities.append(GoldEntity(entity.id, entity.kind, (entity.name, *others), None, debatable=False, surfaces=names))
    events = tuple(_event(f"e{number}", claim) for number, claim in enumerate(exercise.claims))
    return GoldArticle(exercise.id, exercise.id, tuple(entities), events)


def _surfaces(exercise: Exercise, entity_id: str, *, named: bool) -> tuple[str, ...]:
    """The words that mean an entity, each once, in the order of the text."""
    found: Iterable[str] = (m.span.text for m in exercise.mentions if m.named == named and entity_id in m.entity_ids)
    return tuple(dict.fromkeys(found))


def _event(key: str, claim: ExerciseClaim) -> GoldEvent:
    return GoldEvent(
        id=key,
        type=claim.type,
        subjects=claim.subjects,
        objects=claim.objects,
        modalities=frozenset({claim.modality}),
        speakers=claim.speakers,
        story=None,
        evidence=(claim.sentence.text,),
        debatable=claim.debatable,
    )
