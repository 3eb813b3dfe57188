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

from kb.nlp.reader.candidates import Candidates
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

    def find_pairs(self, head: int) -> Numbers:
        """[earlier mentions, 7]: head, antecedent, then the features of SIZES in their order; the nearest antecedent first."""
        row, candidates = self.row, self.candidates
        token = row.tokens[head]
        mine = set(candidates.of(head))
        children = row.children(head)
        owners = {r for child in children for r in candidates.of(child)}
        gender = _gender(token.lower_)
        plural = token.tag_ in {"NNS", "NNPS"} or gender == _PLURAL
        definite = any(row.tokens[child].lower_ in _DEFINITE for child in children)
        spoken = {token.lemma_.lower(), token.lower_}
        end = bisect.bisect_left(self.seen, head)
        rows = []
        for n, antecedent in enumerate(reversed(self.seen[max(0, end - _REACH) : end])):
            other = row.tokens[antecedent]
            theirs = set(candidates.of(antecedent))
            agreement = (
                bool(mine & theirs)
                + 2 * (other.lemma_.lower() == token.lemma_.lower())
                + 4 * (other.dep_ in _SUBJECTS)
                + 8 * bool(mine)
                + 16 * (row.quoted[antecedent] == row.quoted[head])
                + 32 * (other.tag_ in {"NNS", "NNPS"} or _gender(other.lower_) == _PLURAL)
            )
            often = max((self._frequency[r] for r in theirs), default=0)
            named_so = any(spoken & self._words.get(r, frozenset()) for r in theirs)
            nested = antecedent > head - 6 and row.head[antecedent] == head
            phrase = (
                (0 if often <= 1 else 1 if often <= 4 else 2)
                + 3 * named_so
                + 6 * bool(owners & theirs)
                + 12 * bool(nested)
                + 24 * definite
                + 48 * plural
            )
            form = self._kind(antecedent) + 5 * gender + 35 * (other.lower_ in PRONOUNS)
            far = min(9, int(math.log2(n + 1) * 1.8))
            sentences = min(7, int(row.sentence[head] - row.sentence[antecedent]))
            rows.append((head, antecedent, far, sentences, int(agreement), form, int(phrase)))
        return np.array(rows, dtype=np.int64).reshape(-1, 2 + len(SIZES))

    def _kind(self, head: int) -> int:
        """1 + the kind of the name at `head`; 0 where no name is."""
        named = self.candidates.named(head)
        return 1 + KINDS.index(self.candidates.referents[named[0]].kind) if named else 0


def _gender(word: str) -> int:
    """Which set of pronouns a word belongs to, from 1; 0 for none."""
    return next((number for number, words in enumerate(_GENDERS, 1) if word in words), 0)
