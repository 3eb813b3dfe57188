"""Writes exercises in the form that is read from training/."""

from __future__ import annotations

import re

from kb.domain.claim import DatePrecision
from kb.domain.exercise import Exercise, ExerciseClaim, ExerciseMention
from kb.domain.span import Span

_LENGTHS = {DatePrecision.YEAR: 4, DatePrecision.MONTH: 7, DatePrecision.DAY: 10}


def render(exercise: Exercise) -> str:
    """The lines of an exercise, such that reading them gives it back."""
    title = Span(0, len(exercise.title), exercise.title)
    lines = [f"@@ {exercise.id}"]
    if exercise.title:
        lines.append(f"title: {annotate(title, exercise.mentions)}")
    if exercise.published:
        lines.append(f"date: {exercise.published}")
    if exercise.style:
        lines.append(f"style: {exercise.style}")
    lines += [f"E {entity.id} {entity.kind} {entity.name}" for entity in exercise.entities]
    beginnings = {start for start, _ in exercise.paragraphs}
    for number, sentence in enumerate(exercise.sentences, 1):
        if number > 1 and sentence.start in beginnings:
            lines.append("P")
        lines.append(f"{number} {annotate(sentence, exercise.mentions)}")
    numbers = {sentence: number for number, sentence in enumerate(exercise.sentences, 1)}
    if exercise.title:
        numbers[title] = 0
    lines += [write_claim(numbers[claim.sentence], claim) for claim in exercise.claims]
    return "".join(f"{line}\n" for line in lines)


def annotate(span: Span, mentions: tuple[ExerciseMention, ...]) -> str:
    inside = [mention for mention in mentions if span.covers(mention.span)]
    written = ""
    for position in range(span.start, span.end + 1):
        for mention in reversed([each for each in inside if each.span.end == position]):
            written += f"{'=' if mention.named else '~'}{','.join(mention.entity_ids)}]"
        written += "[" * sum(each.span.start == position for each in inside)
        written += span.text[position - span.start : position - span.start + 1]
    return written


def write_claim(number: int, claim: ExerciseClaim) -> str:
    subjects, objects = (",".join(side) or "-" for side in (claim.subjects, claim.objects))
    words = claim.trigger.text
    places = re.finditer(rf"(?<!\w)(?={re.escape(words)}(?!\w))", claim.sentence.text)
    times = sum(place.start() <= claim.trigger.start - claim.sentence.start for place in places)
    line = f"C {number} {claim.type} {subjects} > {objects} | {words}{f' #{times}' if times > 1 else ''} | {claim.modality}"
    if claim.speakers:
        line += f" | by {','.join(claim.speakers)}"
    if claim.date and claim.date_precision:
        line += f" | on {claim.date.isoformat()[: _LENGTHS[claim.date_precision]]}"
    return line + (" | debatable" if claim.debatable else "")
