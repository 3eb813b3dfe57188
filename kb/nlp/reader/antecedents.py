"""Who is meant: what is known of each (nominal or pronoun, earlier mention) pair, as the networks see it."""

from __future__ import annotations

import bisect
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from kb.nlp.reader.candidates import PLURAL_TAGS, Candidates
from kb.nlp.reader.columns import KINDS
from kb.nlp.reader.row import PRONOUNS, Numbers, Row

SIZES: Final = {"mentions": (10, 10), "sentences": (8, 8), "agreement": (64, 16), "form": (72, 12), "phrase": (96, 16)}
"""(size, width) of each feature's embedding, in the order of the columns that follow head and antecedent."""
# Mentions before the one in question that are looked at; on gold/train 97 % of antecedents lie within.
_REACH: Final = 40
_GENDERS: Final = (
    frozenset({"he", "him", "his", "himself"}),
    frozenset({"she", "her", "hers", "herself"}),
    frozenset({"it", "its", "itself"}),
    frozenset({"they", "them", "their", "theirs", "themselves"}),
    frozenset({"i", "we", "us", "our", "my", "me", "ours"}),
    frozenset({"who", "whom", "whose", "which"}),
)
_PLURAL: Final = 4
_DEFINITE: Final = frozenset({"the", "this", "that", "these", "those", "its", "his", "her", "their"})
_SUBJECTS: Final = frozenset({"nsubj", "nsubjpass"})
_FEW: Final = 4
# How far back a mention is, in ten steps that widen, by how many mentions stand between.
_STEPS: Final = tuple(min(9, int(math.log2(between + 1) * 1.8)) for between in range(_REACH))


@dataclass(frozen=True, slots=True)
class _Antecedent:
    """What there is to know of a mention whoever refers to it; `words` are those of the names of its referents.

    `often` is 0 where it is spoken of once, 1 for a few times, 2 for more; `kind` 1 + the kind of a name, 0 for none.
    """

    head: int
    referents: frozenset[int]
    words: frozenset[str]
    lemma: str
    often: int
    kind: int
    is_subject: bool
    is_plural: bool
    is_pronoun: bool


@dataclass(frozen=True)
class Memory:
    """What an article has named up to a mention; `seen` are the heads of mentions in order."""

    row: Row
    candidates: Candidates
    seen: Sequence[int]

    @cached_property
    def _frequency(self) -> Counter[int]:
        return Counter(r for mention in self.candidates.resolved for r in mention.referents)

    @cached_property
    def _words(self) -> dict[int, frozenset[str]]:
        """The words of each referent's names, in small letters."""
        return {
            r.number: frozenset(w for name in (r.name, *r.surfaces) for w in name.lower().replace("-", " ").split())
            for r in self.candidates.referents
        }

    @cached_property
    def _antecedents(self) -> list[_Antecedent]:
        """What each of `seen` is as an antecedent."""
        return [self._describe(head) for head in self.seen]

    def find_pairs(self, head: int) -> Numbers:
        """[earlier mentions, 7]: head, antecedent, then the features of SIZES in their order; the nearest antecedent first."""
        row = self.row
        token = row.tokens[head]
        mine = frozenset(self.candidates.of(head))
        children = row.children(head)
        owners = frozenset(r for child in children for r in self.candidates.of(child))
        lemma = token.lemma_.lower()
        spoken = {lemma, token.lower_}
        gender = _gender(token.lower_)
        plural = token.tag_ in PLURAL_TAGS or gender == _PLURAL
        definite = any(row.tokens[child].lower_ in _DEFINITE for child in children)
        quoted, sentence = row.quoted[head], row.sentence[head]
        end = bisect.bisect_left(self.seen, head)
        rows = []
        for n, other in enumerate(reversed(self._antecedents[max(0, end - _REACH) : end])):
            agreement = (
                (not mine.isdisjoint(other.referents))
                + 2 * (other.lemma == lemma)
                + 4 * other.is_subject
                + 8 * (len(mine) > 0)
                + 16 * (row.quoted[other.head] == quoted)
                + 32 * other.is_plural
            )
            nested = other.head > head - 6 and row.head[other.head] == head
            phrase = (
                other.often
                + 3 * (not spoken.isdisjoint(other.words))
                + 6 * (not owners.isdisjoint(other.referents))
                + 12 * nested
                + 24 * definite
                + 48 * plural
            )
            form = other.kind + 5 * gender + 35 * other.is_pronoun
            sentences = min(7, sentence - row.sentence[other.head])
            rows.append((head, other.head, _STEPS[n], sentences, agreement, form, phrase))
        return np.array(rows, dtype=np.int64).reshape(-1, 2 + len(SIZES))

    def _describe(self, head: int) -> _Antecedent:
        token = self.row.tokens[head]
        word = token.lower_
        referents = frozenset(self.candidates.of(head))
        often = max((self._frequency[r] for r in referents), default=0)
        return _Antecedent(
            head=head,
            referents=referents,
            words=frozenset().union(*(self._words.get(r, ()) for r in referents)),
            lemma=token.lemma_.lower(),
            often=0 if often <= 1 else 1 if often <= _FEW else 2,
            kind=self._kind(head),
            is_subject=token.dep_ in _SUBJECTS,
            is_plural=token.tag_ in PLURAL_TAGS or _gender(word) == _PLURAL,
            is_pronoun=word in PRONOUNS,
        )

    def _kind(self, head: int) -> int:
        """1 + the kind of the name at `head`; 0 where no name is."""
        named = self.candidates.named(head)
        return 1 + KINDS.index(self.candidates.referents[named[0]].kind) if named else 0


def _gender(word: str) -> int:
    """Which set of pronouns a word belongs to, from 1; 0 for none."""
    return next((number for number, words in enumerate(_GENDERS, 1) if word in words), 0)
