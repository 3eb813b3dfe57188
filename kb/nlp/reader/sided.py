"""What is known of a possible claim as a whole: who would do what to whom, and what speaks for it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kb.nlp.reader.candidates import Form
from kb.nlp.reader.columns import RuleTrigger
from kb.nlp.reader.meant import Meant
from kb.ontology.model import EventType

# What is worth judging at all; below, hardly a claim was right on the exercises, and judging costs time.
LEAST_TYPE: Final = 0.08
LEAST_ROLE: Final = 0.05
_MOST_SUBJECTS: Final = 5
_MOST_OBJECTS: Final = 6
_LIKELY: Final = 0.3
_MANY_MENTIONS: Final = 8


@dataclass(frozen=True, slots=True)
class TypedTrigger:
    """A token that may state an event of a type, with the chance of it and what the network says of each head's roles.

    `roles` leads from a head to its chances as subject, object and speaker; `best` says that no other type is likelier here.
    """

    position: int
    type: EventType
    type_number: int
    chance: float
    best: bool
    roles: Mapping[int, tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class Sided:
    """One possible claim: (referent, head) as subject and object (None: unnamed), whether rules state it so, and its features."""

    subject: tuple[int, int] | None
    object: tuple[int, int] | None
    stated: bool
    features: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Cast:
    """Chances of each referent as subject, object and speaker of one trigger, and the head that speaks best for it."""

    subjects: Mapping[int, tuple[float, int]]
    objects: Mapping[int, tuple[float, int]]
    speakers: Mapping[int, tuple[float, int]]


def list_sided(trigger: TypedTrigger, rules: Sequence[RuleTrigger], meant: Meant, types: int) -> list[Sided]:
    """Every pair of sides worth judging for `trigger`, with features in the order that training saw.

    `rules` are all the rules' triggers at the position.
    """
    agreeing = [rule for rule in rules if rule.type == trigger.type.id]
    rule_subjects = {r: h for rule in agreeing for h in sorted(rule.subjects) for r in meant.by_rules(h)}
    rule_objects = {r: h for rule in agreeing for h in sorted(rule.objects) for r in meant.by_rules(h) if r not in rule_subjects}
    cast = _Cast(*(_chances(trigger, meant, role) for role in range(3)))
    subjects: list[int | None] = [*_likeliest(cast.subjects, _MOST_SUBJECTS)]
    subjects += [r for r in sorted(rule_subjects) if r not in subjects]
    objects: list[int | None] = [*_likeliest(cast.objects, _MOST_OBJECTS)]
    objects += [r for r in sorted(rule_objects) if r not in objects]
    if trigger.type.empty_subject or not subjects:
        subjects.append(None)
    objects.append(None)
    best_subject = max((chance for chance, _ in cast.subjects.values()), default=0.0)
    best_object = max((chance for chance, _ in cast.objects.values()), default=0.0)
    many_subjects = sum(chance > _LIKELY for chance, _ in cast.subjects.values()) / 3
    many_objects = sum(chance > _LIKELY for chance, _ in cast.objects.values()) / 3
    chance = trigger.chance
    found = []
    for subject in subjects:
        for obj in objects:
            if subject == obj:
                continue
            as_subject = 1 - best_subject if subject is None else cast.subjects.get(subject, (0.0, 0))[0]
            as_object = 1 - best_object if obj is None else cast.objects.get(obj, (0.0, 0))[0]
            rules_agree = bool(agreeing)
            subject_agrees = subject in rule_subjects or (subject is None and not rule_subjects)
            object_agrees = obj in rule_objects or (obj is None and not rule_objects)
            stated = rules_agree and subject_agrees and object_agrees
            features = (
                chance,
                math.log(chance + 1e-3) - math.log(1.001 - chance),
                as_subject,
                as_object,
                chance * as_subject * as_object,
                rules_agree,
                bool(rules) and not agreeing,
                subject in rule_subjects,
                obj in rule_objects,
                stated,
                subject is None,
                obj is None,
                subject is not None and as_subject >= best_subject,
                obj is not None and as_object >= best_object,
                rules_agree and not rule_subjects,
                rules_agree and not rule_objects,
                0.0 if subject is None else cast.objects.get(subject, (0.0, 0))[0],
                0.0 if obj is None else cast.subjects.get(obj, (0.0, 0))[0],
                trigger.type.symmetric,
                trigger.type.speech,
                meant.is_nameless(subject),
                meant.is_nameless(obj),
                rules_agree and subject is None and not rule_subjects,
                rules_agree and obj is None and not rule_objects,
                *_mention(subject, cast.subjects, meant),
                *_mention(obj, cast.objects, meant),
                0.0 if subject is None else cast.speakers.get(subject, (0.0, 0))[0],
                0.0 if obj is None else cast.speakers.get(obj, (0.0, 0))[0],
                _often(subject, meant),
                _often(obj, meant),
                trigger.best,
                many_subjects,
                many_objects,
                *(trigger.type_number == number for number in range(types)),
            )
            found.append(
                Sided(
                    _placed(subject, cast.subjects, rule_subjects),
                    _placed(obj, cast.objects, rule_objects),
                    stated,
                    tuple(float(f) for f in features),
                )
            )
    return found


def find_speakers(trigger: TypedTrigger, meant: Meant) -> Mapping[int, tuple[float, int]]:
    """By referent, the chance that what `trigger` states is in its words, and the head that speaks best for it."""
    return _chances(trigger, meant, 2)


def _placed(referent: int | None, chances: Mapping[int, tuple[float, int]], rules: Mapping[int, int]) -> tuple[int, int] | None:
    if referent is None:
        return None
    return referent, rules[referent] if referent in rules else chances[referent][1]


def _chances(trigger: TypedTrigger, meant: Meant, role: int) -> dict[int, tuple[float, int]]:
    found: dict[int, tuple[float, int]] = {}
    for head, chances in trigger.roles.items():
        if chances[role] < LEAST_ROLE:
            continue
        for referent in meant.at(head):
            if chances[role] > found.get(referent, (0.0, 0))[0]:
                found[referent] = (chances[role], head)
    return found


def _likeliest(chances: Mapping[int, tuple[float, int]], most: int) -> list[int]:
    return sorted(chances, key=lambda r: (-chances[r][0], r))[:most]


def _mention(referent: int | None, chances: Mapping[int, tuple[float, int]], meant: Meant) -> tuple[float, ...]:
    """How the referent is mentioned where it takes part, and how sure it is that it is meant."""
    if referent is None:
        return (0.0, 0.0, 0.0, 0.0, 0.0)
    if referent not in chances:
        return (0.0, 0.0, 0.0, 1.0, 0.0)
    head = chances[referent][1]
    form = meant.form(head)
    sure = meant.sureness(head, referent)
    return (float(form is Form.PRONOUN), float(form is Form.NAME), float(form is Form.NOMINAL), 0.0, sure)


def _often(referent: int | None, meant: Meant) -> float:
    return 0.0 if referent is None else min(meant.frequency(referent), _MANY_MENTIONS) / _MANY_MENTIONS
