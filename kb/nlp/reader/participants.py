"""Who takes part: what is known of each (trigger, candidate) pair, as the networks see it."""

from __future__ import annotations

import bisect
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kb.nlp.reader.candidates import Candidates
from kb.nlp.reader.columns import RuleTrigger
from kb.nlp.reader.row import Numbers, Row

PATHS: Final = 1500
"""How many dependency paths the network knows; 0 stands for all others."""
SIZES: Final = {
    "distance": (16, 12),
    "back": (5, 8),
    "path": (PATHS, 24),
    "rules": (16, 16),
    "form": (5, 8),
    "quote": (8, 8),
    "rank": (6, 6),
}
"""(size, width) of each feature's embedding, in the order of the columns that follow trigger, type and head."""
# Sentences before the trigger's from which a participant may be taken; more only added wrong ones on gold/train.
_SENTENCES_BACK: Final = 2
_LONGEST_PATH: Final = 5
_FAR: Final = "far"
_CLIMB: Final = 12
_LEXICAL: Final = frozenset({"prep", "agent", "case"})
_SPOKEN_TO_BY_NAME: Final = 4


@dataclass(frozen=True, slots=True)
class Scene:
    """What pairs are judged by: the row, its candidates, the rules' triggers and the speakers of quoted tokens, by position."""

    row: Row
    candidates: Candidates
    triggers: Mapping[int, tuple[RuleTrigger, ...]]
    quotes: Mapping[int, frozenset[int]]

    def window(self, trigger: int) -> list[int]:
        """Heads that may take part: of the sentence and the two before, whom rules name, and who says the quote."""
        number, sentences, heads = self.row.sentence[trigger], self.row.sentence, self.candidates.heads
        # Heads and sentences both go up with the text.
        first = bisect.bisect_left(heads, number - _SENTENCES_BACK, key=sentences.__getitem__)
        last = bisect.bisect_right(heads, number, key=sentences.__getitem__)
        near = [head for head in heads[first:last] if head != trigger]
        named = {h for rule in self.triggers.get(trigger, ()) for h in (*rule.subjects, *rule.objects, *rule.speakers)}
        return near + sorted((named | self.quotes.get(trigger, frozenset())) - {trigger, *near})


def find_pairs(scene: Scene, trigger: int, type_number: int, type_name: str, paths: Mapping[str, int]) -> Numbers:
    """[candidates, 10]: trigger, type, head, then the features of SIZES in their order."""
    row = scene.row
    heads = scene.window(trigger)
    rules = scene.triggers.get(trigger, ())
    agreeing = [rule for rule in rules if rule.type == type_name] or list(rules)
    subjects = {h for rule in agreeing for h in rule.subjects}
    objects = {h for rule in agreeing for h in rule.objects}
    speakers = {h for rule in agreeing for h in rule.speakers}
    quoting = scene.quotes.get(trigger, frozenset())
    rank = {head: n for n, head in enumerate(sorted(heads, key=lambda h: abs(h - trigger)))}
    rows = []
    for head in heads:
        behind = row.sentence[trigger] - row.sentence[head]
        voted = (head in subjects) + 2 * (head in objects) + 4 * (head in speakers) + 8 * bool(agreeing)
        quote = row.quoted[trigger] + 2 * row.quoted[head] + _SPOKEN_TO_BY_NAME * (head in quoting)
        rows.append(
            (
                trigger,
                type_number,
                head,
                _distance(trigger - head),
                min(3, behind) if behind >= 0 else 4,
                paths.get(find_path(row, trigger, head), 0),
                voted,
                int(scene.candidates.form(row, head)),
                quote,
                min(5, rank[head]),
            )
        )
    return np.array(rows, dtype=np.int64).reshape(-1, 3 + len(SIZES))


def find_path(row: Row, trigger: int, head: int) -> str:
    """The dependencies from `trigger` up and down to `head`, prepositions spelt out; "" across sentences, "far" for long ones."""
    if row.sentence[trigger] != row.sentence[head]:
        return ""
    up = [trigger]
    while row.head[up[-1]] != up[-1] and len(up) < _CLIMB:
        up.append(row.head[up[-1]])
    places = {position: n for n, position in enumerate(up)}
    down = [head]
    while down[-1] not in places:
        if row.head[down[-1]] == down[-1] or len(down) > _CLIMB:
            return ""
        down.append(row.head[down[-1]])
    top = places[down[-1]]
    if top + len(down) - 1 > _LONGEST_PATH:
        return _FAR
    steps = [f"{row.tokens[position].dep_}^" for position in up[:top]]
    for position in reversed(down[:-1]):
        token = row.tokens[position]
        steps.append(f"{token.dep_}_{token.lemma_.lower()}" if token.dep_ in _LEXICAL else token.dep_)
    return " ".join(steps)


def _distance(tokens: int) -> int:
    """Signed distance in 16 steps that widen."""
    step = int(min(7, math.log2(abs(tokens) + 1) * 1.3)) if tokens else 0
    return step + (8 if tokens < 0 else 0)


def number_paths(paths: Sequence[str]) -> dict[str, int]:
    """The path inventory as the network numbers it."""
    return {path: number for number, path in enumerate(paths, 1)}
