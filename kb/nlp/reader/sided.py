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
_NEVER: Final = (0.0, 0)


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
class _Side:
    """Somebody in a role, or nobody (None): the chance of it, that in the other role, and how it is mentioned.

    `agrees` says whether rules see just this, nobody included.
    """

    referent: int | None
    place: tuple[int, int] | None
    chance: float
    agrees: bool
    otherwise: float = 0.0
    speaks: float = 0.0
    best: bool = False
    nameless: bool = False
    mention: tuple[float, ...] = (0.0,) * 5
    often: float = 0.0

    @property
    def by_rules(self) -> bool:
        """Whether it is somebody whom rules see in the role."""
        return self.agrees and self.referent is not None


def list_sided(trigger: TypedTrigger, rules: Sequence[RuleTrigger], meant: Meant, types: int) -> list[Sided]:
    """Every pair of sides worth judging for `trigger`, with features in the order that training saw.

    `rules` are all the rules' triggers at the position.
    """
    agreeing = [rule for rule in rules if rule.type == trigger.type.id]
    rule_subjects = {r: h for rule in agreeing for h in sorted(rule.subjects) for r in meant.by_rules(h)}
    rule_objects = {r: h for rule in agreeing for h in sorted(rule.objects) for r in meant.by_rules(h) if r not in rule_subjects}
    acting, acted_on, speaking = (_chances(trigger, meant, role) for role in range(3))
    subjects = _list_sides(acting, acted_on, speaking, rule_subjects, _MOST_SUBJECTS, meant)
    if not trigger.type.empty_subject and len(subjects) > 1:
        subjects.pop()
    objects = _list_sides(acted_on, acting, speaking, rule_objects, _MOST_OBJECTS, meant)
    many_subjects = sum(chance > _LIKELY for chance, _ in acting.values()) / 3
    many_objects = sum(chance > _LIKELY for chance, _ in acted_on.values()) / 3
    chance, rules_agree = trigger.chance, bool(agreeing)
    odds = math.log(chance + 1e-3) - math.log(1.001 - chance)
    numbers = tuple(float(trigger.type_number == number) for number in range(types))
    found = []
    for subject in subjects:
        for obj in objects:
            if subject.referent == obj.referent:
                continue
            stated = rules_agree and subject.agrees and obj.agrees
            features = (
                chance,
                odds,
                subject.chance,
                obj.chance,
                chance * subject.chance * obj.chance,
                rules_agree,
                bool(rules) and not agreeing,
                subject.by_rules,
                obj.by_rules,
                stated,
                subject.referent is None,
                obj.referent is None,
                subject.best,
                obj.best,
                rules_agree and not rule_subjects,
                rules_agree and not rule_objects,
                subject.otherwise,
                obj.otherwise,
                trigger.type.symmetric,
                trigger.type.speech,
                subject.nameless,
                obj.nameless,
                rules_agree and subject.referent is None and not rule_subjects,
                rules_agree and obj.referent is None and not rule_objects,
                *subject.mention,
                *obj.mention,
                subject.speaks,
                obj.speaks,
                subject.often,
                obj.often,
                trigger.best,
                many_subjects,
                many_objects,
                *numbers,
            )
            found.append(Sided(subject.place, obj.place, stated, features))
    return found


def _list_sides(
    chances: Mapping[int, tuple[float, int]],
    otherwise: Mapping[int, tuple[float, int]],
    speaking: Mapping[int, tuple[float, int]],
    rules: Mapping[int, int],
    most: int,
    meant: Meant,
) -> list[_Side]:
    """The likeliest for a role, those that rules see in it, and at last nobody; `otherwise` are the chances in the other role."""
    best = max((chance for chance, _ in chances.values()), default=0.0)
    referents = sorted(chances, key=lambda r: (-chances[r][0], r))[:most]
    referents += [r for r in sorted(rules) if r not in referents]
    sides = []
    for referent in referents:
        chance = chances.get(referent, _NEVER)[0]
        sides.append(
            _Side(
                referent=referent,
                place=(referent, rules[referent] if referent in rules else chances[referent][1]),
                chance=chance,
                otherwise=otherwise.get(referent, _NEVER)[0],
                speaks=speaking.get(referent, _NEVER)[0],
                agrees=referent in rules,
                best=chance >= best,
                nameless=meant.is_nameless(referent),
                mention=_mention(referent, chances, meant),
                often=min(meant.frequency(referent), _MANY_MENTIONS) / _MANY_MENTIONS,
            )
        )
    return [*sides, _Side(referent=None, place=None, chance=1 - best, agrees=not rules)]


def find_speakers(trigger: TypedTrigger, meant: Meant) -> Mapping[int, tuple[float, int]]:
    """By referent, the chance that what `trigger` states is in its words, and the head that speaks best for it."""
    return _chances(trigger, meant, 2)


def _chances(trigger: TypedTrigger, meant: Meant, role: int) -> dict[int, tuple[float, int]]:
    found: dict[int, tuple[float, int]] = {}
    for head, chances in trigger.roles.items():
        if chances[role] < LEAST_ROLE:
            continue
        for referent in meant.at(head):
            if chances[role] > found.get(referent, (0.0, 0))[0]:
                found[referent] = (chances[role], head)
    return found


def _mention(referent: int, chances: Mapping[int, tuple[float, int]], meant: Meant) -> tuple[float, ...]:
    """How the referent is mentioned where it takes part, and how sure it is that it is meant."""
    if referent not in chances:
        return (0.0, 0.0, 0.0, 1.0, 0.0)
    head = chances[referent][1]
    form = meant.form(head)
    sure = meant.sureness(head, referent)
    return (float(form is Form.PRONOUN), float(form is Form.NAME), float(form is Form.NOMINAL), 0.0, sure)
